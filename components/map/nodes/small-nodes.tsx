import { cx } from "#components/ui/cx.ts";
import { Icon } from "#components/ui/icon.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { toneOf, TONE_TEXT } from "#components/ui/tone.ts";
import { formatPercent } from "#lib/client/format.ts";
import type { HealthStatus } from "#lib/model/graph.ts";
import { INTERNET_ID } from "#lib/model/ids.ts";

import type { DrawnNode } from "../model/drawn-graph.ts";
import { nodeName } from "../model/names.ts";
import type { NodeFacts } from "../model/node-facts.ts";

function statusOf(drawn: DrawnNode): HealthStatus {
  return drawn.kind === "namespace" ? drawn.status : drawn.node.health.status;
}

function nameOf(drawn: DrawnNode): string {
  return drawn.kind === "namespace" ? drawn.namespace : nodeName(drawn.node);
}

function errorRatioOf(drawn: DrawnNode): number | null {
  return drawn.kind === "namespace" ? drawn.errorRatio : drawn.node.red.errorRatio;
}

export interface SmallNodeProps {
  drawn: DrawnNode;
  isSelected: boolean;
}

/** A node between card and dot: shape, name, and the error share where something is wrong. */
export function NodeChip({ drawn }: SmallNodeProps) {
  const status = statusOf(drawn);
  const isUnwell = status === "degraded" || status === "failing";
  return (
    <span className="flex h-full items-center gap-[5px] overflow-hidden px-1.5 text-12 font-medium leading-[22px]">
      {drawn.id === INTERNET_ID ? <Icon name="globe" size={12} className="text-text-3" /> : <StatusGlyph tone={toneOf(status)} />}
      {/* The figure goes to a second line, out of sight, where the zoom leaves no room for it. */}
      <span className="flex h-[22px] min-w-0 flex-1 flex-wrap gap-x-[5px] overflow-hidden">
        <span className="min-w-0 max-w-full flex-auto truncate text-left">{nameOf(drawn)}</span>
        {isUnwell ? <span className={TONE_TEXT[toneOf(status)]}>{formatPercent(errorRatioOf(drawn))}</span> : null}
      </span>
    </span>
  );
}

/** A node from far away: its shape alone; unwell and selected ones keep their name. */
export function NodeDot({ drawn, isSelected }: SmallNodeProps) {
  const status = statusOf(drawn);
  const isNamed = isSelected || status === "degraded" || status === "failing";
  return (
    <>
      <StatusGlyph tone={toneOf(status)} className={cx(isSelected && "rounded-full outline-2 outline-info")} />
      {isNamed ? (
        <span className="absolute left-1/2 top-full -translate-x-1/2 whitespace-nowrap rounded-1 bg-surface px-1 text-11 font-medium">
          {nameOf(drawn)}
        </span>
      ) : null}
    </>
  );
}

const INTERNET_WORDS = { mutual: "mTLS", oneWay: "TLS", mixed: "partly TLS", plaintext: "plaintext", unknown: "" } as const;

/** Callers outside the mesh. */
export function InternetPill({ facts }: { facts: NodeFacts }) {
  return (
    <span className="flex h-full items-center gap-1.5 px-2.5 text-12 font-medium">
      <Icon name="globe" size={14} className="text-text-3" />
      <span className="flex-1 text-left">Internet</span>
      <span className="text-11 font-regular text-text-3">{INTERNET_WORDS[facts.outTransport]}</span>
    </span>
  );
}
