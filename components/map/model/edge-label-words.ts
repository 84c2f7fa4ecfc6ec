import { formatPercent, formatQuantity, formatRate } from "#lib/client/format.ts";

import type { DrawnEdge } from "./drawn-graph.ts";
import type { Lock } from "./transport.ts";
import { isRefusedOnly } from "./transport.ts";

/** One line of an edge's label; the lock stands before its words. */
export interface LabelLine {
  text: string;
  lock: Lock | null;
  tone: "plain" | "warn" | "fail" | "status";
}

/** An edge's label: what it carries, and what is to be known of it. The lock is never without a word that says the same. */
export function labelLines(edge: DrawnEdge): readonly [LabelLine, LabelLine] {
  const { lock, refused } = edge;
  const rate = formatRate(edge.rate);
  const errors: LabelLine = { text: formatPercent(edge.errorRatio), lock: null, tone: "status" };
  if (edge.isBroken) {
    const news: LabelLine = {
      text: refused !== null && refused > 0 ? formatQuantity(refused, "refused", "refused") : "cannot pass",
      lock: "broken",
      tone: "fail",
    };
    if (edge.rate === null) return [{ text: isRefusedOnly(edge) ? "no requests" : "nothing seen", lock: null, tone: "plain" }, news];
    // Two facts in little room: that plaintext flows tells more than how much.
    if (lock === "plaintext") return [{ text: "plaintext", lock, tone: "warn" }, news];
    return [{ text: rate, lock: null, tone: "plain" }, news];
  }
  if (lock === "plaintext") {
    return [
      { text: "plaintext", lock: null, tone: "warn" },
      { text: rate, lock, tone: "plain" },
    ];
  }
  return [{ text: lock === "oneWay" ? `TLS ${rate}` : rate, lock: lock === "oneWay" ? null : lock, tone: "plain" }, errors];
}

const LETTER = 6.6;
const NARROW_LETTER = 3.8;
const NARROW = /[iltfj.,/ \u00a0]/gu;
const LOCK = 14;

/** Pixels that a line of a label takes at life size. */
export function lineWidth({ text, lock }: LabelLine): number {
  const narrow = text.match(NARROW)?.length ?? 0;
  return Math.round((text.length - narrow) * LETTER + narrow * NARROW_LETTER + (lock === null ? 0 : LOCK));
}
