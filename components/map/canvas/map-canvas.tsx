"use client";

import { useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import type { Ref } from "react";

import type { MeshGraph } from "#lib/model/graph.ts";

import { composeDrawing, contentBox } from "../model/drawing.ts";
import type { DrawnGraph } from "../model/drawn-graph.ts";
import { placeLabels } from "../model/edge-labels.ts";
import { placeLocks } from "../model/edge-locks.ts";
import { DENSE_LINES } from "../model/edge-routes.ts";
import { edgeLook, hasLabel } from "../model/edge-look.ts";
import type { EdgeLookContext } from "../model/edge-look.ts";
import { largestRate } from "../model/edge-width.ts";
import type { Found } from "../model/found.ts";
import type { Positions } from "../model/layout-input.ts";
import { nodeFacts } from "../model/node-facts.ts";
import { walk } from "../model/walk.ts";
import type { Step } from "../model/walk.ts";
import type { DetailLevel } from "../model/zoom.ts";
import { MapNode } from "../nodes/map-node.tsx";
import { drawingElements } from "./canvas-elements.ts";
import { EdgeLabel } from "./edge-label.tsx";
import { EdgeLocks } from "./edge-locks.tsx";
import { HullTitles } from "./hull-titles.tsx";
import { PeerCaptions } from "./peer-captions.tsx";
import { useEdgeCanvas } from "./use-edge-canvas.ts";
import type { MapView } from "./use-edge-canvas.ts";
import { useMapKeys } from "./use-map-keys.ts";
import { useStructure } from "./use-structure.ts";

export interface MapCanvasHandle extends MapView {
  /** Puts the focus on a node or an edge's label; `false` when the map shows neither. */
  focus: (id: string) => boolean;
}

export interface MapCanvasProps {
  mesh: MeshGraph;
  graph: DrawnGraph;
  positions: Positions;
  selected: string | null;
  /** What stays lit; `null` = all of it. */
  found: Found | null;
  isStale: boolean;
  /** What a panel over the map covers now, from its right and lower edge. */
  covered?: { right?: number; bottom?: number };
  onSelect: (id: string | null) => void;
  /** Opens the page of a node. */
  onOpen: (id: string) => void;
  onLevel: (level: DetailLevel) => void;
  ref: Ref<MapCanvasHandle>;
}

/** What the caption covers, and a margin. */
const INSETS = { top: 8, right: 14, bottom: 54, left: 14 };
/** Above this many the numbers of what was looked for would hide what they belong to. */
const MOST_SOUGHT = 60;

/** The graph: hulls and edges on a canvas, nodes and labels as HTML above it. New numbers never move anything. */
export function MapCanvas(props: MapCanvasProps) {
  const { mesh, graph, positions, selected, found, isStale, covered = {}, onSelect, onOpen, onLevel, ref } = props;
  const [hovered, setHovered] = useState<string | null>(null);
  const structure = useStructure(graph);
  const clear = { ...INSETS, right: INSETS.right + (covered.right ?? 0), bottom: INSETS.bottom + (covered.bottom ?? 0) };
  const content = useMemo(() => contentBox(structure, positions), [structure, positions]);
  const { container, overlay, canvas, level, isClose, view } = useEdgeCanvas({
    insets: INSETS,
    clear,
    content,
    onSelect,
    onHover: setHovered,
  });
  useEffect(() => onLevel(level), [level, onLevel]);

  const drawing = useMemo(() => composeDrawing(structure, positions, selected, level), [structure, positions, selected, level]);
  const largest = largestRate(graph.edges.map((edge) => edge.rate));

  useEffect(() => {
    const contextOf = (id: string): EdgeLookContext => ({
      largest,
      selected,
      hovered,
      isStale,
      isFound: found === null || found.edges.has(id),
      isDense: graph.edges.length > DENSE_LINES,
    });
    canvas?.draw(drawingElements(drawing, graph.edges, (edge) => edgeLook(edge, contextOf(edge.id))));
  }, [canvas, drawing, graph, largest, selected, hovered, isStale, found]);

  const labels = useMemo(() => {
    const isRoomy = graph.edges.length <= DENSE_LINES;
    const context = {
      selected,
      isSearched: found !== null && found.isByText && found.edges.size <= MOST_SOUGHT,
      isClose: isClose && isRoomy,
    };
    const spoken = graph.edges.filter((edge) => hasLabel(edge, context) && (found === null || found.edges.has(edge.id)));
    // Chips say what is wrong themselves, and leave no room between them but for what was chosen or looked for.
    return placeLabels(
      level === "card" ? spoken : level === "chip" ? spoken.filter((edge) => edge.id === selected || context.isSearched) : [],
      drawing.routes,
      drawing.cards,
    );
  }, [graph, drawing, level, isClose, selected, found]);

  const locks = useMemo(() => {
    if (level !== "card") return [];
    // Among very many lines only those of the selection have room for one.
    const shown =
      graph.edges.length <= DENSE_LINES
        ? graph.edges
        : graph.edges.filter((edge) => selected !== null && [edge.id, edge.source, edge.target].includes(selected));
    return placeLocks(shown, drawing.routes, drawing.cards, labels);
  }, [graph, drawing, level, labels, selected]);

  const facts = useMemo(() => nodeFacts(mesh), [mesh]);
  const counts = useMemo(() => servicesPerNamespace(mesh), [mesh]);
  const cards = useMemo(() => new Map(drawing.cards.map((card) => [card.id, card])), [drawing]);
  const inReadingOrder = useMemo(
    () =>
      graph.nodes.toSorted((a, b) => {
        const [one, other] = [cards.get(a.id), cards.get(b.id)];
        return (one?.x ?? 0) - (other?.x ?? 0) || (one?.y ?? 0) - (other?.y ?? 0);
      }),
    [graph, cards],
  );

  const chosen = selected === null ? undefined : cards.get(selected);
  const { reveal } = view;
  const revealed = useRef<string | null>(null);
  useEffect(() => {
    if (canvas === null || revealed.current === selected) return;
    revealed.current = selected;
    if (chosen !== undefined) reveal(chosen);
  }, [canvas, selected, chosen, reveal]);

  const focus = (id: string): boolean => {
    const item = itemOf(overlay.current, id);
    item?.focus({ preventScroll: true });
    return item !== null;
  };
  useImperativeHandle(ref, () => ({ ...view, focus }));

  useMapKeys(container, {
    onOpen,
    onStep: (id, step) => {
      const next = walk({ cards, edges: graph.edges }, id, step) ?? endOf(graph, id, step);
      if (next !== null) focus(next);
    },
    onFocus: (id) => {
      const card = cards.get(id);
      if (card !== undefined) view.reveal(card);
    },
  });

  return (
    <div
      ref={container}
      role="group"
      aria-label={`Service graph, ${graph.nodes.length} nodes, ${graph.edges.length} edges. The table holds the same.`}
      className="__________cytoscape_container absolute inset-0 touch-none overflow-clip"
    >
      <meta id="__________cytoscape_stylesheet" content="see the stylesheet" />
      <div ref={overlay} className="pointer-events-none absolute left-0 top-0 z-10 origin-top-left">
        {level === "dot" ? null : <HullTitles hulls={drawing.hulls} counts={counts} />}
        {inReadingOrder.map((drawn) => {
          const card = cards.get(drawn.id);
          if (card === undefined) return null;
          return (
            <MapNode
              key={drawn.id}
              drawn={drawn}
              card={card}
              facts={facts.get(drawn.id)}
              level={level}
              isSelected={drawn.id === selected}
              isFound={found === null || found.nodes.has(drawn.id)}
              isStale={isStale}
              onPress={onSelect}
              onHover={setHovered}
            />
          );
        })}
        {level === "card" ? <PeerCaptions graph={graph} cards={cards} /> : null}
        {locks.length === 0 ? null : <EdgeLocks locks={locks} lit={found === null ? null : found.edges} isStale={isStale} />}
        {labels.map((label) => (
          <EdgeLabel
            key={label.edge.id}
            label={label}
            isSelected={label.edge.id === selected}
            isStale={isStale}
            onPress={onSelect}
            onHover={setHovered}
          />
        ))}
      </div>
    </div>
  );
}

function itemOf(overlay: HTMLElement | null, id: string): HTMLElement | null {
  return overlay?.querySelector<HTMLElement>(`[data-map-item="${CSS.escape(id)}"]`) ?? null;
}

/** From an edge's label the arrows lead to its ends. */
function endOf(graph: DrawnGraph, id: string, step: Step): string | null {
  const edge = graph.edges.find((each) => each.id === id);
  if (edge === undefined) return null;
  if (step === "caller") return edge.source;
  return step === "callee" ? edge.target : null;
}

function servicesPerNamespace(mesh: MeshGraph): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { namespace } of mesh.nodes) if (namespace !== null) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  return counts;
}
