"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { RedPanel } from "#components/charts/red-panel.tsx";
import { RequestsSection } from "#components/traces/requests/requests-section.tsx";
import type { Weights } from "#components/routing/draft.ts";
import { KeyValues } from "#components/ui/key-values.tsx";
import { StaleLine } from "#components/ui/problem-state.tsx";
import { instantMs } from "#lib/client/format.ts";
import { serviceQuery } from "#lib/client/query-options.ts";
import { useAskedAt } from "#lib/client/use-asked-at.ts";
import { useHref } from "#lib/client/use-href.ts";
import type { Change } from "#lib/model/change.ts";
import type { MeshEdge, MeshNode } from "#lib/model/graph.ts";
import { INTERNET_ID, UNIDENTIFIED_ID } from "#lib/model/ids.ts";
import type { Route, RouteRule } from "#lib/model/routing.ts";

import { edgeName, hasPage, isSeenInSpansOnly, nameOfId, nodeName } from "../model/names.ts";
import { isBroken, lockOf, tlsWords } from "../model/transport.ts";
import { LockWord } from "../nodes/lock-glyph.tsx";
import { InspectorHeader, InspectorSection } from "./inspector-frame.tsx";
import { SplitSection } from "./split-section.tsx";
import { VerdictSection } from "./verdict-section.tsx";
import { WorkloadLine } from "./workload-line.tsx";

export interface NodeInspectorProps {
  node: MeshNode;
  edges: readonly MeshEdge[];
  window: string;
  drafts: Readonly<Record<string, Weights | null>>;
  onDraft: (key: string, draft: Weights | null) => void;
  pin?: { isPinned: boolean; onToggle: () => void };
  /** Whether the split may be drafted here. */
  canSteer: boolean;
  onSelect: (id: string) => void;
  onClose: () => void;
}

/** A node in depth: the verdict in words, its charts by version, and its split where it can be steered. */
export function NodeInspector(props: NodeInspectorProps) {
  const { node, edges, window, drafts, onDraft, pin, canSteer, onSelect, onClose } = props;
  const hrefTo = useHref();
  // A caller or host without a place in the inventory has no page: what is known of it stands on the map.
  const isListed = hasPage(node);
  const service = useQuery({ ...serviceQuery(node.id, window, useAskedAt()), enabled: isListed });
  const detail = service.data?.value;
  const href = hrefTo("/service", { id: node.id });
  const versions = node.versions.length === 0 ? [{ version: null, red: node.red }] : node.versions;
  const marks = useMemo(() => (detail?.changes ?? []).flatMap(markOf), [detail?.changes]);
  const splits = (detail?.routes ?? []).flatMap((route) => splitRules(route, node.id).map((rule) => ({ route, rule })));
  const isInternet = node.id === INTERNET_ID;

  return (
    <>
      <InspectorHeader
        status={isInternet ? null : node.health.status}
        title={nodeName(node)}
        detail={detailOf(node)}
        {...(isListed ? { href, hrefLabel: `Open the ${node.service} page` } : {})}
        {...(pin === undefined ? {} : { pin })}
        onClose={onClose}
      />
      {isInternet ? (
        <InspectorSection>
          <p className="text-12 text-text-2">Callers outside the mesh, seen where they come in.</p>
        </InspectorSection>
      ) : (
        <VerdictSection node={node} verdicts={detail?.verdicts} href={href} />
      )}
      <StaleLine error={service.error} what="The detail" />
      {isInternet || node.kind === "unknown" ? null : (
        <InspectorSection>
          <RedPanel subject={`service:${node.id}`} window={window} versions={versions} marks={marks} />
        </InspectorSection>
      )}
      {isListed ? <RequestsSection subject={`service:${node.id}`} target={node.id} window={window} className="border-b px-4 py-3" /> : null}
      <PeerSection node={node} edges={edges} onSelect={onSelect} />
      {(canSteer ? splits : []).map(({ route, rule }) => {
        const key = `${route.id} ${rule.id}`;
        return (
          <SplitSection
            key={key}
            node={node}
            route={route}
            rule={rule}
            draft={drafts[key] ?? null}
            onDraft={(draft) => onDraft(key, draft)}
          />
        );
      })}
      {canSteer || splits.length === 0 ? null : (
        <p className="px-4 py-3 text-12 text-text-3">Phones can look and roll back, nothing else.</p>
      )}
      {/* Below the split: what is steered must be in sight. */}
      {isInternet ? null : <WorkloadLine id={node.id} window={window} />}
    </>
  );
}

/** Callers without identity and hosts outside have no page, so their edges are listed here; plaintext and what was refused always are. */
function PeerSection({ node, edges, onSelect }: Pick<NodeInspectorProps, "node" | "edges" | "onSelect">) {
  const own = edges.filter((edge) => edge.source === node.id || edge.target === node.id);
  const shown = !hasPage(node) ? own : own.filter((edge) => isBroken(edge.tls) || lockOf(edge.tls) === "plaintext");
  if (shown.length === 0) return null;
  return (
    <InspectorSection>
      <KeyValues
        items={shown.map((edge) => ({
          key: edge.source === node.id ? "Calls" : "Called by",
          value: (
            <span className="flex items-baseline gap-2">
              <button
                type="button"
                className="evidence text-left"
                aria-label={`Select the edge ${edgeName(edge)}`}
                onClick={() => onSelect(edge.id)}
              >
                {nameOfId(edge.source === node.id ? edge.target : edge.source)}
              </button>
              <LockWord lock={lockOf(edge.tls)}>{tlsWords(edge.tls)}</LockWord>
            </span>
          ),
        }))}
      />
    </InspectorSection>
  );
}

function detailOf(node: MeshNode): string {
  const place = node.namespace === null ? kindWords(node) : `namespace ${node.namespace}`;
  return isSeenInSpansOnly(node) ? `${place}, seen in spans only` : place;
}

function kindWords(node: MeshNode): string {
  if (node.kind === "external") return "outside the mesh";
  if (node.id === UNIDENTIFIED_ID) return "callers that nobody could identify";
  return node.kind === "unknown" ? "no proxy, known by its address" : node.kind;
}

/** Rules that share this service's calls among versions. */
function splitRules(route: Route, nodeId: string): RouteRule[] {
  return route.rules.filter((rule) => rule.legs.length > 1 && (route.target === nodeId || rule.legs.some((leg) => leg.service === nodeId)));
}

function markOf(change: Change): { t: number }[] {
  const t = instantMs(change.timings.liveAt ?? change.timings.acceptedAt);
  return t === null ? [] : [{ t }];
}
