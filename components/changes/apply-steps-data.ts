import { splitWords } from "#components/routing/split-bar.tsx";
import { formatCount, formatDuration, formatPercent, formatPlusMinus, formatQuantity } from "#lib/client/format.ts";
import type { Change, DemandChange, SplitChange } from "#lib/model/change.ts";
import { formatShare } from "#lib/routing/format-share.ts";

import { tellingLeg } from "./change-words.ts";
import { callerName, isStricter, letsInWords, plaintextWords } from "./demand-words.ts";

export type StepState = "done" | "now" | "waiting" | "failed";

export interface ApplyStep {
  name: "Asked" | "Accepted" | "Live" | "Observed";
  state: StepState;
  text: string;
  /** Beside the strong part of the text. */
  more: string | null;
  at: string | null;
}

const FAILED_AT: Partial<Record<Change["state"], ApplyStep["name"]>> = {
  refused: "Accepted",
  rejected: "Live",
  "partly-live": "Live",
  reverted: "Live",
  "needs-decision": "Live",
};

function askedText(change: Change): string {
  if (change.kind === "demand") return `${letsInWords(change.after)}, before: ${letsInWords(change.before)}`;
  return splitWords(change.legs.map((leg) => ({ id: leg.id, version: leg.version, share: leg.after.share })));
}

function liveText(change: Change): string {
  const { n, of } = change.live;
  const took = change.timings.liveAfterMs;
  return `on ${n}/${of} ${of === 1 ? "proxy" : "proxies"}${took !== null && n === of ? ` in ${formatDuration(took)}` : ""}`;
}

/** What else a strict demand waits for: those who came in before it are still inside. */
const OLD_CONNECTIONS = "live as soon as the old plaintext connections have ended as well";

function liveMore(change: Change): string | null {
  const isWaiting = change.timings.acceptedAt !== null && change.timings.liveAt === null && change.timings.endedAt === null;
  return isWaiting && change.kind === "demand" && isStricter(change) ? OLD_CONNECTIONS : null;
}

function observedText(change: Change): { text: string; more: string | null } {
  return change.kind === "split" ? observedShare(change) : observedDemand(change);
}

function observedShare(change: SplitChange): { text: string; more: string | null } {
  const leg = tellingLeg(change);
  if (leg === null || leg.share === null || change.observed === null) return { text: "waiting for calls to count", more: null };
  const calls = `${formatCount(leg.count)} of ${formatQuantity(change.observed.n, "call")}`;
  return {
    text: `${leg.version ?? leg.id} gets ${formatPercent(leg.share)} ${formatPlusMinus(leg.low, leg.high)}`,
    more: `of calls, asked ${formatShare(leg.asked)}: ${calls}${leg.withinTolerance ? "" : ", not yet within tolerance"}`,
  };
}

function observedDemand(change: DemandChange): { text: string; more: string | null } {
  const { observed } = change;
  if (observed === null) return { text: "waiting for requests to count", more: null };
  const rule = !isStricter(change)
    ? ""
    : observed.plaintext > 0
      ? ", there may be none"
      : observed.holds
        ? ", as asked"
        : ", too few to tell";
  return { text: plaintextWords(observed), more: `${formatCount(observed.mutual)} over mutual TLS${rule}` };
}

/** Who was refused since, most first: `legacy-report, 43 connections`. */
export function refusedSince(change: DemandChange): { caller: string; words: string }[] {
  const counts = new Map<string, number>();
  for (const one of change.observed?.refused ?? []) counts.set(callerName(one), (counts.get(callerName(one)) ?? 0) + one.count);
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([caller, count]) => ({ caller, words: formatQuantity(count, "connection") }));
}

/** The four steps of a change, apart, each with what is proven and when. Nothing counts as done before it was seen. */
export function applySteps(change: Change): ApplyStep[] {
  const { timings, state } = change;
  const failed = FAILED_AT[state];
  const observed = observedText(change);
  const stateOf = (name: ApplyStep["name"], at: string | null, isNext: boolean): StepState => {
    if (failed === name) return "failed";
    if (at !== null) return "done";
    return isNext && failed === undefined && timings.endedAt === null ? "now" : "waiting";
  };
  const isProven = timings.observedAt !== null;
  return [
    { name: "Asked", state: "done", text: askedText(change), more: null, at: timings.askedAt },
    {
      name: "Accepted",
      state: stateOf("Accepted", timings.acceptedAt, true),
      text: timings.acceptedAt === null ? (state === "refused" ? "not written" : "being written") : "written, and read back the same",
      more: null,
      at: timings.acceptedAt,
    },
    {
      name: "Live",
      state: stateOf("Live", timings.liveAt, timings.acceptedAt !== null),
      text: timings.acceptedAt === null ? "not yet" : liveText(change),
      more: liveMore(change),
      at: timings.liveAt,
    },
    {
      name: "Observed",
      state: isProven ? "done" : stateOf("Observed", null, timings.liveAt !== null),
      text: timings.liveAt === null && change.observed === null ? "not yet" : observed.text,
      more: timings.liveAt === null && change.observed === null ? null : observed.more,
      at: timings.observedAt,
    },
  ];
}

/** `+0.8 s` after the asking. */
export function sinceAsked(change: Change, at: string): string {
  const ms = Math.max(0, Date.parse(at) - Date.parse(change.timings.askedAt));
  return ms < 1_000 ? `+${ms} ms` : `+${(ms / 1_000).toFixed(1)} s`;
}

/** Proofs grouped under the service they belong to, in the order of the names. */
export function proofsByService(change: Change, serviceOf: ReadonlyMap<string, string>): { service: string; n: number; of: number }[] {
  const groups = new Map<string, { n: number; of: number }>();
  for (const proof of change.live.proxies) {
    const service = serviceOf.get(proof.id) ?? proof.id;
    const group = groups.get(service) ?? { n: 0, of: 0 };
    groups.set(service, { n: group.n + (proof.state === "live" ? 1 : 0), of: group.of + 1 });
  }
  return [...groups].map(([service, group]) => ({ service, ...group })).toSorted((a, b) => a.service.localeCompare(b.service));
}
