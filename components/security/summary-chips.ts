import type { Tone } from "#components/ui/tone.ts";
import { formatPercent, formatQuantity, formatRate } from "#lib/client/format.ts";
import type { SecurityChange } from "#lib/client/security-search-params.ts";
import type { SecurityReport, TlsPosture } from "#lib/model/security.ts";

import { hasPlaintext, isBorder, isSilent, seenOf } from "./edge-rows.ts";

/** One fact of the headline, and which rows stand behind it. */
export interface SummaryChip {
  key: string;
  tone: Tone;
  /** The number and what it counts. */
  head: string;
  /** What else is known of it. */
  tail: string;
  /** An end to count down to, after the words. ISO. */
  until: string | null;
  shows: SecurityChange;
}

/** Requests per second that come in plaintext; `null` where a rate or a count is missing. */
export function plaintextRate(edges: readonly TlsPosture[]): number | null {
  let sum = 0;
  for (const edge of edges) {
    const seen = seenOf(edge);
    if (edge.rate === null || seen === 0) return null;
    sum += edge.rate * (edge.observed.plaintext / seen);
  }
  return sum;
}

function edgeChips(edges: readonly TlsPosture[]): SummaryChip[] {
  const chips: SummaryChip[] = [];
  const plain = edges.filter(hasPlaintext);
  if (plain.length > 0) {
    const rate = plaintextRate(plain);
    chips.push({
      key: "plaintext",
      tone: "warn",
      head: formatQuantity(plain.length, "plaintext edge"),
      tail: rate === null ? "" : formatRate(rate),
      until: null,
      shows: { view: "edges", observed: "plaintext" },
    });
  }
  const broken = edges.filter((edge) => edge.declared.verdict === "broken");
  if (broken.length > 0) {
    const head = `${formatQuantity(broken.length, "edge")} cannot pass`;
    chips.push({ key: "broken", tone: "fail", head, tail: "", until: null, shows: { view: "edges" } });
  }
  const differs = edges.filter((edge) => edge.agreement === "differs");
  if (differs.length > 0) {
    const head = `${formatQuantity(differs.length, "edge")} not as declared`;
    chips.push({ key: "differs", tone: "warn", head, tail: "", until: null, shows: { view: "edges", differs: true } });
  }
  return chips;
}

function calmChips({ edges, summary }: SecurityReport): SummaryChip[] {
  const chips: SummaryChip[] = [];
  const mutual = edges.filter((edge) => edge.observed.transport === "mutual");
  if (mutual.length > 0) {
    const share = summary.mutualRequestShare;
    const head = `${formatQuantity(mutual.length, "edge")} mTLS`;
    const tail = share === null ? "" : `${formatPercent(share)} of all requests`;
    chips.push({ key: "mutual", tone: "ok", head, tail, until: null, shows: { view: "edges", observed: "mutual" } });
  }
  const silent = edges.filter(isSilent);
  const unknown = edges.filter((edge) => edge.observed.transport === "unknown" && !isSilent(edge));
  if (unknown.length > 0) {
    const head = `${formatQuantity(unknown.length, "edge")} not known`;
    chips.push({ key: "unknown", tone: "unk", head, tail: "", until: null, shows: { view: "edges", observed: "unknown" } });
  }
  if (silent.length > 0) {
    const head = `${formatQuantity(silent.length, "edge")} without calls`;
    chips.push({ key: "silent", tone: "unk", head, tail: "", until: null, shows: { view: "edges", observed: "silent" } });
  }
  const border = edges.filter(isBorder);
  if (border.length > 0) {
    const kinds = [...new Set(border.map((edge) => edge.observed.transport))];
    const [kind] = kinds;
    const tail = kinds.length !== 1 || kind === undefined ? "" : BORDER_WORDS[kind];
    const isSafe = kinds.every((each) => each === "mutual" || each === "oneWay");
    const tone = kinds.some((each) => each === "plaintext" || each === "mixed") ? "warn" : isSafe ? "ok" : "unk";
    const head = formatQuantity(border.length, "border edge");
    chips.push({ key: "border", tone, head, tail, until: null, shows: { view: "edges", place: "border" } });
  }
  return chips;
}

const BORDER_WORDS: Readonly<Record<TlsPosture["observed"]["transport"], string>> = {
  mutual: "mTLS",
  oneWay: "TLS",
  plaintext: "plaintext",
  mixed: "",
  unknown: "not seen",
};

function certificateChips({ summary: { certificates }, certificates: all }: SecurityReport): SummaryChip[] {
  const chips: SummaryChip[] = [];
  const shows = { view: "certificates" } as const;
  if (certificates.expired > 0) {
    const head = `${formatQuantity(certificates.expired, "certificate")} expired`;
    chips.push({ key: "expired", tone: "fail", head, tail: "", until: null, shows });
  }
  if (certificates.soon > 0) {
    const ends = all.filter((one) => one.status === "soon").map((one) => one.expiresAt ?? "");
    const until = ends.filter((end) => end !== "").toSorted()[0] ?? certificates.soonestExpiry;
    const head = formatQuantity(certificates.soon, "certificate");
    const tail = certificates.soon === 1 ? "expires in" : "expire soon, the first in";
    chips.push({ key: "soon", tone: "warn", head, tail: until === null ? "near the end" : tail, until, shows });
  }
  return chips;
}

function refusedChips({ refusals }: SecurityReport): SummaryChip[] {
  const count = refusals.reduce((sum, one) => sum + one.count, 0);
  if (count === 0) return [];
  const head = formatQuantity(count, "refused connection");
  return [{ key: "refused", tone: "warn", head, tail: "", until: null, shows: { view: "edges", observed: "refused" } }];
}

/** What the headline stands on, what needs a look first. */
export function summaryChips(report: SecurityReport): SummaryChip[] {
  return [...edgeChips(report.edges), ...certificateChips(report), ...refusedChips(report), ...calmChips(report)];
}
