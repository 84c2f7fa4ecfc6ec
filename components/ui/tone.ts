import type { HealthStatus } from "#lib/model/graph.ts";

/** The five things colour may mean. `info` = chosen by the reader, asked, or a change; it is no judgement. */
export type Tone = "ok" | "warn" | "fail" | "unk" | "info";

const TONE_OF_STATUS: Readonly<Record<HealthStatus, Tone>> = {
  healthy: "ok",
  degraded: "warn",
  failing: "fail",
  unknown: "unk",
};

export function toneOf(status: HealthStatus): Tone {
  return TONE_OF_STATUS[status];
}

export const TONE_TEXT: Readonly<Record<Tone, string>> = {
  ok: "text-ok-text",
  warn: "text-warn-text",
  fail: "text-fail-text",
  unk: "text-unk-text",
  info: "text-info-text",
};

export const TONE_TINT: Readonly<Record<Tone, string>> = {
  ok: "bg-ok-bg text-ok-text",
  warn: "bg-warn-bg text-warn-text",
  fail: "bg-fail-bg text-fail-text",
  unk: "bg-unk-bg text-unk-text",
  info: "bg-info-bg text-info-text",
};

const DEGRADED_FROM = 0.005;
/** Share of failed calls from which a service counts as failing, where nobody set a limit of its own. */
export const FAILING_FROM = 0.02;

/** Tone of an error share by the default limits (0.5 % and 2 %); `null` when it is nothing to colour. */
export function toneOfErrorRatio(ratio: number | null): "warn" | "fail" | null {
  if (ratio === null || ratio < DEGRADED_FROM) return null;
  return ratio < FAILING_FROM ? "warn" : "fail";
}

const STATUS_ORDER: readonly HealthStatus[] = ["failing", "degraded", "unknown", "healthy"];

/** Sort key: worst first. */
export function statusRank(status: HealthStatus): number {
  return STATUS_ORDER.indexOf(status);
}
