import { formatNames, formatQuantity, formatRate } from "#lib/client/format.ts";
import type { RouteRule } from "#lib/model/routing.ts";
import { formatShare } from "#lib/routing/format-share.ts";

import { nameOfId } from "./names.ts";

/** A share (0 to 1) per leg id. */
export type Shares = ReadonlyMap<string, number>;

export interface SplitEffectInput {
  rule: RouteRule;
  draft: Shares;
  /** Requests per second that the rule shares out now; `null` when not known. */
  rate: number | null;
  /** Node ids of the services whose proxies take the route. */
  callers: readonly string[];
  /** How many proxies take it. */
  proxies: number;
}

const LEAST_SHIFT = 0.0005;

/** What the draft would do, in a sentence or two; `null` while the draft asks for nothing new. */
export function splitEffect(input: SplitEffectInput): string | null {
  const moves = input.rule.legs.map((leg) => ({
    name: leg.version ?? nameOfId(leg.service),
    by: (input.draft.get(leg.id) ?? leg.share) - leg.share,
  }));
  const givers = moves.filter((move) => move.by < -LEAST_SHIFT);
  const takers = moves.filter((move) => move.by > LEAST_SHIFT);
  if (givers.length === 0 || takers.length === 0) return null;
  const moved = givers.reduce((sum, move) => sum - move.by, 0);
  const amount = input.rate === null ? `${formatShare(moved)} of the requests` : `about ${formatRate(input.rate * moved).replace("/s", " requests/s")}`;
  const path = `from ${formatNames(givers.map((move) => move.name))} to ${formatNames(takers.map((move) => move.name))}`;
  return `Moves ${amount} ${path}. ${whoTakesIt(input)}`;
}

function whoTakesIt({ proxies, callers }: SplitEffectInput): string {
  if (proxies === 0) return "No proxy takes this route now.";
  const whose = callers.length === 0 ? "" : ` of ${formatNames(callers.map(nameOfId))}`;
  if (proxies === 1) return `The one proxy${whose} takes the new weights.`;
  return `The ${formatQuantity(proxies, "proxy", "proxies")}${whose} take the new weights.`;
}

/** The draft's main move for the button: `v2 10 % → 0 %`; `null` while it asks for nothing new. */
export function splitMove(rule: RouteRule, draft: Shares): string | null {
  const moves = rule.legs
    .map((leg) => ({ leg, to: draft.get(leg.id) ?? leg.share }))
    .filter(({ leg, to }) => Math.abs(to - leg.share) > LEAST_SHIFT);
  if (moves.length === 0) return null;
  // The candidate is what people speak of: of two legs the second, of many the one that moves most.
  const main = rule.legs.length === 2 ? (moves.at(-1) ?? moves[0]) : moves.toSorted((a, b) => Math.abs(b.to - b.leg.share) - Math.abs(a.to - a.leg.share))[0];
  if (main === undefined) return null;
  return `${main.leg.version ?? nameOfId(main.leg.service)} ${formatShare(main.leg.share)} → ${formatShare(main.to)}`;
}
