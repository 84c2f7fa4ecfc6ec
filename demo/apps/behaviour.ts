import { CARD_NETWORK } from "../mesh/services.ts";
import { logNormal, normal, type Draws } from "../random/draws.ts";

/** How an application behaves when nothing is wrong with it. */
export interface Behaviour {
  /** Its own work, in milliseconds, without what it waits for. */
  workMs(draws: Draws): number;
  /** Share of requests it fails by itself, and what it answers then (a gRPC status for gRPC). */
  readonly errorShare: number;
  readonly errorStatus: number;
}

const INTERNAL_ERROR = 500;
const UNAVAILABLE = 503;
const GRPC_UNAVAILABLE = 14;

function steady(p50: number, p95: number, errorShare: number, errorStatus = INTERNAL_ERROR): Behaviour {
  return { workMs: (draws) => logNormal(draws, p50, p95), errorShare, errorStatus };
}

/** By service, or by `service@version` where versions differ. */
const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  frontend: steady(4, 9, 0.000_5),
  // Its rare failures are 503, which its callers retry.
  catalog: steady(4, 14, 0.000_8, UNAVAILABLE),
  cart: steady(3, 8, 0.000_2),
  checkout: steady(8, 18, 0.000_6),
  "reviews@v1": steady(3, 6, 0.002),
  "reviews@v2": steady(2, 4, 0.001),
  ratings: steady(17, 28, 0.001, GRPC_UNAVAILABLE),
  payments: steady(10, 22, 0.003_8),
  ledger: steady(4, 10, 0),
  [CARD_NETWORK.name]: { ...steady(180, 800, 0.015, UNAVAILABLE), workMs: (draws) => Math.min(4_000, logNormal(draws, 180, 800)) },
};

export function behaviourOf(service: string, version: string): Behaviour {
  const behaviour = BEHAVIOURS[`${service}@${version}`] ?? BEHAVIOURS[service];
  if (behaviour === undefined) throw new Error(`the demo has no behaviour for ${service} ${version}`);
  return behaviour;
}

/** What v2 of reviews gives itself for its six calls of ratings before it answers 504. */
export const REVIEWS_V2_BUDGET_MS = 300;
export const REVIEWS_V2_CALLS = 6;

/** What tells cart's slow answers from the others, for whoever searches. Rare enough to leave its 95th percentile where it is. */
export const COLD_SESSION_SHARE = 0.03;
export const COLD_SESSION_MS = 120;

/** How often checkout looks into ledger by itself. */
export const DIRECT_READ_SHARE = 0.25;

const STALLED_SHARE = 0.006_5;
const SLOW_SHARE = 0.125;

/**
 * The detailed answer that only v2 of reviews asks for: mostly near 26 ms, one in eight near 56 ms, and rarely one that stalls. Six in
 * a row spend 300 ms when one of them stalls, four times in a hundred; without a stall they stay well below, so that a busy machine,
 * which makes every call a few milliseconds longer, does not change the story.
 */
export function detailedRatingMs(draws: Draws): number {
  const roll = draws();
  if (roll < STALLED_SHARE) return normal(draws, 190, 12);
  if (roll < STALLED_SHARE + SLOW_SHARE) return normal(draws, 56, 5);
  return Math.max(5, normal(draws, 26, 5));
}
