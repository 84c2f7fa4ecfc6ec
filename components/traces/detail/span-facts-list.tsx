import type { ReactNode } from "react";

import { ForeignText } from "#components/ui/foreign-text.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { formatDuration } from "#lib/client/format.ts";
import { attributeOf, calleeOf } from "#lib/traces/span-facts.ts";

import { serviceWords, type TraceView } from "../waterfall/trace-view.ts";

export interface SpanFactsListProps {
  view: TraceView;
  index: number;
}

/** The short facts of a span; what nobody told is left out. */
export function SpanFactsList({ view, index }: SpanFactsListProps) {
  const node = view.nodes[index];
  const inTree = view.tree.nodes[index];
  if (node === undefined || inTree === undefined) return null;
  const { span, resource } = node;
  const caller = node.parent < 0 ? undefined : view.nodes[node.parent];
  const callee = calleeOf(inTree);
  const moved = node.shiftMs === 0 ? null : `clock moved by ${node.shiftMs > 0 ? "+" : "\u2212"}${formatDuration(Math.abs(node.shiftMs))}`;
  const duration = (
    <>
      {formatDuration(span.durationMs)} <span className="text-text-3">own {formatDuration(node.ownMs)}</span>
    </>
  );
  const rows: [string, ReactNode | null][] = [
    ["Start", moved === null ? formatDuration(node.startMs) : `${formatDuration(node.startMs)}, ${moved}`],
    ["Duration", duration],
    ["Kind", span.kind],
    ["Caller", node.isOrphan ? `not received (span ${span.parentId ?? ""})` : caller === undefined ? null : serviceWords(caller)],
    ["Callee", callee === null ? null : [callee.service, callee.version].filter((part) => part !== null).join(" ")],
    ["Process", resource.instance],
    ["Namespace", resource.namespace],
    ["Route", attributeOf(span, "http.route")],
    ["Peer", attributeOf(span, "network.peer.address", "peer.address", "server.address", "net.peer.name")],
    ["Span", span.spanId],
    ["Made by", span.scope],
  ];
  const items = rows.flatMap(([key, value]) =>
    value === null || value === "" ? [] : [{ key, value: typeof value === "string" ? <Fact text={value} /> : value }],
  );
  return <KeyValues items={items} />;
}

function Fact({ text }: { text: string }) {
  return <ForeignText text={text} className="[overflow-wrap:anywhere]" />;
}
