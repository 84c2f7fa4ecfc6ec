import { useCallback, useMemo, useState } from "react";

import { useLiveStatus } from "#lib/client/live-provider.tsx";
import { useFind, useSelection } from "#lib/client/search-params.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { MeshGraph } from "#lib/model/graph.ts";

import { usePlaces } from "./layout/use-places.ts";
import { COLLAPSE_ABOVE, drawGraph, namespaceOfCard } from "./model/drawn-graph.ts";
import type { DrawnGraph } from "./model/drawn-graph.ts";
import { parseFind } from "./model/find.ts";
import type { FindQuery } from "./model/find.ts";
import { headlineOf } from "./model/headline.ts";
import type { Headline } from "./model/headline.ts";
import type { Positions } from "./model/layout-input.ts";
import { needsLook } from "./model/needs-look.ts";
import type { NeedsLook } from "./model/needs-look.ts";

export interface MapState {
  mesh: MeshGraph;
  graph: DrawnGraph;
  positions: Positions | null;
  /** Why there is no picture; `null` while there is nothing to say. */
  layoutProblem: string | null;
  selected: string | null;
  select: (id: string | null) => void;
  find: FindQuery;
  headline: Headline;
  items: readonly NeedsLook[];
  /** The numbers are old: places stay, colours go. */
  isStale: boolean;
  /** Namespaces that were opened out of their card. */
  opened: ReadonlySet<string>;
  closeNamespace: (namespace: string) => void;
}

/** What the map shows and what is chosen on it; the address holds the choice. */
export function useMapState(answer: Sourced<MeshGraph>): MapState {
  const mesh = answer.value;
  const [selected, setSelected] = useSelection();
  const [findText] = useFind();
  const [openedByHand, setOpenedByHand] = useState<ReadonlySet<string>>(new Set());
  const opened = useMemo(() => withSelection(openedByHand, mesh, selected), [openedByHand, mesh, selected]);
  const graph = useMemo(() => drawGraph(mesh, opened), [mesh, opened]);
  const { positions, problem } = usePlaces(graph);
  const find = useMemo(() => parseFind(findText), [findText]);
  const headline = useMemo(() => headlineOf(mesh), [mesh]);
  const items = useMemo(() => needsLook(mesh), [mesh]);
  const { word } = useLiveStatus();
  const isStale = answer.coverage === "stale" || word === "stale" || word === "offline";

  const select = useCallback(
    (id: string | null) => {
      const namespace = id === null ? null : namespaceOfCard(id);
      if (namespace !== null) setOpenedByHand((all) => new Set([...all, namespace]));
      else void setSelected(id);
    },
    [setSelected],
  );
  const closeNamespace = useCallback((namespace: string) => {
    setOpenedByHand((all) => new Set([...all].filter((each) => each !== namespace)));
  }, []);

  return {
    mesh,
    graph,
    positions,
    layoutProblem: problem,
    selected,
    select,
    find,
    headline,
    items,
    isStale,
    opened: openedByHand,
    closeNamespace,
  };
}

/** A link to a service inside a namespace's card must show that service. */
function withSelection(opened: ReadonlySet<string>, mesh: MeshGraph, selected: string | null): ReadonlySet<string> {
  if (selected === null || mesh.nodes.length <= COLLAPSE_ABOVE) return opened;
  const edge = mesh.edges.find((each) => each.id === selected);
  const ends = edge === undefined ? [selected] : [edge.source, edge.target];
  const namespaces = mesh.nodes.flatMap((node) => (ends.includes(node.id) && node.namespace !== null ? [node.namespace] : []));
  return namespaces.every((namespace) => opened.has(namespace)) ? opened : new Set([...opened, ...namespaces]);
}
