import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";

import { countedServices, countHealth, type HealthCounts } from "#lib/client/counted-services.ts";
import { useLiveStatus } from "#lib/client/live-provider.tsx";
import { useAt, useFind, useSelection, useTraceParam, useView } from "#lib/client/search-params.ts";
import { traceQuery } from "#lib/client/trace-queries.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { MeshGraph } from "#lib/model/graph.ts";
import type { Trace } from "#lib/model/trace.ts";

import { usePlaces } from "./layout/use-places.ts";
import { COLLAPSE_ABOVE, drawGraph, namespaceOfCard } from "./model/drawn-graph.ts";
import type { DrawnGraph } from "./model/drawn-graph.ts";
import { parseFind } from "./model/find.ts";
import type { FindQuery } from "./model/find.ts";
import { findOn } from "./model/found.ts";
import type { Found } from "./model/found.ts";
import { headlineOf } from "./model/headline.ts";
import type { Headline } from "./model/headline.ts";
import type { Positions } from "./model/layout-input.ts";
import { needsLook } from "./model/needs-look.ts";
import type { NeedsLook } from "./model/needs-look.ts";
import { pastHeadline, pastNeedsLook } from "./model/past.ts";
import { foundOfTrace } from "./model/trace-path.ts";

/** The trace whose way over the map is lit. */
export interface ShownTrace {
  id: string;
  /** `null` while it is fetched, or when it cannot be had. */
  trace: Trace | null;
  error: Error | null;
  clear: () => void;
}

export interface MapState {
  mesh: MeshGraph;
  /** How many of the services that the view asks for stand in each status. */
  counts: HealthCounts;
  graph: DrawnGraph;
  positions: Positions | null;
  /** Why there is no picture; `null` while there is nothing to say. */
  layoutProblem: string | null;
  selected: string | null;
  select: (id: string | null) => void;
  find: FindQuery;
  /** What stays lit: the way of a trace where one is shown, else what the find text leaves. `null` = all of it. */
  found: Found | null;
  shownTrace: ShownTrace | null;
  headline: Headline;
  items: readonly NeedsLook[];
  /** The numbers are old, or of another moment than was asked for: places stay, colours go. */
  isStale: boolean;
  /** Namespaces that were opened out of their card. */
  opened: ReadonlySet<string>;
  closeNamespace: (namespace: string) => void;
}

/** What the map shows and what is chosen on it; the address holds the choice. */
export function useMapState(answer: Sourced<MeshGraph>, isSettling: boolean): MapState {
  const mesh = answer.value;
  const { namespaces } = useView();
  const isPast = useAt() !== null;
  const [selected, setSelected] = useSelection();
  const [findText] = useFind();
  const [openedByHand, setOpenedByHand] = useState<ReadonlySet<string>>(new Set());
  const opened = useMemo(() => withSelection(openedByHand, mesh, selected), [openedByHand, mesh, selected]);
  const graph = useMemo(() => drawGraph(mesh, opened), [mesh, opened]);
  const { positions, problem } = usePlaces(graph, isPast);
  const find = useMemo(() => parseFind(findText), [findText]);
  const shownTrace = useShownTrace();
  const trace = shownTrace?.trace ?? null;
  const found = useMemo(() => (trace === null ? findOn(mesh, graph, find) : foundOfTrace(trace, mesh, graph)), [trace, mesh, graph, find]);
  const counted = useMemo(() => ({ ...mesh, nodes: countedServices(mesh.nodes, namespaces) }), [mesh, namespaces]);
  const counts = useMemo(() => countHealth(counted.nodes), [counted]);
  const headline = useMemo(() => (isPast ? pastHeadline({ ...answer, value: counted }) : headlineOf(counted)), [isPast, answer, counted]);
  const items = useMemo(() => (isPast ? pastNeedsLook(counted) : needsLook(counted)), [isPast, counted]);
  const { word } = useLiveStatus();
  const isStale = isSettling || answer.coverage === "stale" || word === "stale" || word === "offline";

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
    counts,
    graph,
    positions,
    layoutProblem: problem,
    selected,
    select,
    find,
    found,
    shownTrace,
    headline,
    items,
    isStale,
    opened: openedByHand,
    closeNamespace,
  };
}

function useShownTrace(): ShownTrace | null {
  const [id, setId] = useTraceParam();
  const answer = useQuery(traceQuery(id ?? ""));
  const clear = useCallback(() => void setId(null), [setId]);
  const trace = answer.data?.value ?? null;
  return useMemo(() => (id === null ? null : { id, trace, error: answer.error, clear }), [id, trace, answer.error, clear]);
}

/** A link to a service inside a namespace's card must show that service. */
function withSelection(opened: ReadonlySet<string>, mesh: MeshGraph, selected: string | null): ReadonlySet<string> {
  if (selected === null || mesh.nodes.length <= COLLAPSE_ABOVE) return opened;
  const edge = mesh.edges.find((each) => each.id === selected);
  const ends = edge === undefined ? [selected] : [edge.source, edge.target];
  const namespaces = mesh.nodes.flatMap((node) => (ends.includes(node.id) && node.namespace !== null ? [node.namespace] : []));
  return namespaces.every((namespace) => opened.has(namespace)) ? opened : new Set([...opened, ...namespaces]);
}
