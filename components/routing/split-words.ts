import { formatNames, formatNumber, formatQuantity } from "#lib/client/format.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { RouteRule } from "#lib/model/routing.ts";
import { formatShare } from "#lib/routing/format-share.ts";

import { legName, movedShare, shareMoves } from "./draft.ts";

/** What a draft would do, in plain words; `null` while it changes nothing. `rate` is requests per second to the split. */
export function moveSentence(rule: RouteRule, weights: readonly number[], rate: number | null): string | null {
  const moves = shareMoves(rule, weights);
  if (moves.length === 0) return null;
  const from = moves.filter((move) => move.after < move.before).map((move) => legName(move.leg));
  const to = moves.filter((move) => move.after > move.before).map((move) => legName(move.leg));
  const amount =
    rate === null ? `${formatShare(movedShare(moves))} of the calls` : `about ${formatNumber(rate * movedShare(moves))} requests/s`;
  return `Moves ${amount} from ${formatNames(from)} to ${formatNames(to)}.`;
}

/** `v2 10 % → 0 %`: the leg that tells a change best, which is the one with the smaller share before. */
export function shortMove(
  legs: readonly { id: string; version: string | null; before: { share: number }; after: { share: number } }[],
): string {
  const moved = legs.filter((leg) => leg.before.share !== leg.after.share);
  const told = moved.toSorted((a, b) => a.before.share - b.before.share)[0];
  if (told === undefined) return "nothing moves";
  return `${legName(told)} ${formatShare(told.before.share)} → ${formatShare(told.after.share)}`;
}

/** `Send all reviews calls to v1`, or `reviews: v2 10 % → 25 %`. */
export function changeTitle(
  target: string,
  legs: readonly { id: string; version: string | null; before: { share: number }; after: { share: number } }[],
): string {
  const { service } = parseNodeId(target);
  const all = legs.find((leg) => leg.after.share === 1);
  return all === undefined ? `${service}: ${shortMove(legs)}` : `Send all ${service} calls to ${legName(all)}`;
}

/** `The 6 proxies of frontend and catalog take the new weights.` */
export function affectedSentence(proxyCount: number, callers: readonly string[]): string {
  const names = formatNames(callers.map((caller) => parseNodeId(caller).service));
  const of = names === "" ? "" : ` of ${names}`;
  if (proxyCount === 1) return `The proxy${of} takes the new weights.`;
  return `The ${formatQuantity(proxyCount, "proxy", "proxies")}${of} take the new weights.`;
}
