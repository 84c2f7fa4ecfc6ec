"use client";

import { useState } from "react";

import type { Weights } from "#components/routing/draft.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { setPreferences, usePreferences } from "#lib/client/preferences.ts";
import type { Notice } from "#lib/model/evidence.ts";
import type { MeshGraph } from "#lib/model/graph.ts";

import { AsOfNowNote } from "../frame/past-aside.tsx";
import type { DrawnGraph } from "../model/drawn-graph.ts";
import type { Positions } from "../model/layout-input.ts";
import { edgeName, nameOfId, nodeName } from "../model/names.ts";
import type { NeedsLook } from "../model/needs-look.ts";
import { BundleInspector } from "./bundle-inspector.tsx";
import { EdgeInspector } from "./edge-inspector.tsx";
import { InspectorFrame } from "./inspector-frame.tsx";
import { NodeInspector } from "./node-inspector.tsx";
import { SummaryInspector } from "./summary-inspector.tsx";

export interface MapInspectorProps {
  mesh: MeshGraph;
  graph: DrawnGraph;
  positions: Positions | null;
  selected: string | null;
  items: readonly NeedsLook[];
  /** What the map's answer says of itself. */
  notices: readonly Notice[];
  window: string;
  /** Whether a split may be drafted here; a phone only looks and rolls back. */
  canSteer?: boolean;
  onSelect: (id: string | null) => void;
  className?: string;
}

/** What is selected, in depth; with nothing selected, the mesh in short. */
export function MapInspector(props: MapInspectorProps) {
  const { mesh, graph, positions, selected, items, notices, window, canSteer = true, onSelect, className = "" } = props;
  const [drafts, setDrafts] = useState<Record<string, Weights | null>>({});
  const { pins } = usePreferences();
  const close = (): void => onSelect(null);
  const asOfNow = <AsOfNowNote notices={notices} className="border-t px-4 py-3 text-12 text-text-3" />;

  const node = mesh.nodes.find((each) => each.id === selected);
  if (node !== undefined) {
    const place = positions?.get(node.id);
    const isPinned = pins[node.id] !== undefined;
    const onToggle = (): void => {
      const { [node.id]: _, ...others } = pins;
      setPreferences({ pins: isPinned || place === undefined ? others : { ...pins, [node.id]: place } });
    };
    return (
      <InspectorFrame key={node.id} label={nodeName(node)} className={className}>
        <NodeInspector
          node={node}
          edges={mesh.edges}
          window={window}
          drafts={drafts}
          onDraft={(key, draft) => setDrafts((all) => ({ ...all, [key]: draft }))}
          {...(place === undefined ? {} : { pin: { isPinned, onToggle } })}
          canSteer={canSteer}
          onSelect={onSelect}
          onClose={close}
        />
        {asOfNow}
      </InspectorFrame>
    );
  }
  const edge = mesh.edges.find((each) => each.id === selected);
  if (edge !== undefined) {
    return (
      <InspectorFrame key={edge.id} label={edgeName(edge)} className={className}>
        <EdgeInspector edge={edge} window={window} onSelect={onSelect} onClose={close} />
        {asOfNow}
      </InspectorFrame>
    );
  }
  const bundle = graph.edges.find((each) => each.id === selected);
  if (bundle !== undefined) {
    return (
      <InspectorFrame key={bundle.id} label="Edges between two namespaces" className={className}>
        <BundleInspector bundle={bundle} onSelect={onSelect} onClose={close} />
        {asOfNow}
      </InspectorFrame>
    );
  }
  return (
    <InspectorFrame label="The mesh" className={className}>
      {selected === null ? null : (
        <EmptyState title={`${nameOfId(selected)} is not on the map`}>
          It has gone, or the namespaces in the top bar leave it out.
        </EmptyState>
      )}
      <SummaryInspector mesh={mesh} items={items} onSelect={onSelect} />
      {asOfNow}
    </InspectorFrame>
  );
}
