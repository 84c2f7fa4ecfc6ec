import { moveLeg, sharesOf } from "#lib/routing/apportion.ts";
import type { RouteRule, SplitLeg } from "#lib/model/routing.ts";

/** Weights by leg id, as a plan takes them. */
export type Weights = Readonly<Record<string, number>>;

export const PRESETS = [0, 1, 5, 10, 25, 50, 100] as const;

/** Beyond this many versions a slider has more thumbs than a hand can tell apart. */
export const MOST_SLIDER_LEGS = 4;

export function ruleWeights(legs: readonly SplitLeg[]): number[] {
  return legs.map((leg) => leg.weight);
}

/** The draft's weights in the order of the legs, or the asked ones where there is no draft. */
export function draftWeights(legs: readonly SplitLeg[], draft: Weights | null): number[] {
  return legs.map((leg) => draft?.[leg.id] ?? leg.weight);
}

export function totalOf(weights: readonly number[]): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}

/** What one key press moves: a point where the total has points, else the smallest weight there is. */
export function stepOf(total: number): number {
  return Math.max(1, Math.round(total / 100));
}

/** The draft by leg id; `null` when it asks for what is already asked. */
export function toDraft(legs: readonly SplitLeg[], weights: readonly number[]): Weights | null {
  if (legs.every((leg, index) => leg.weight === weights[index])) return null;
  return Object.fromEntries(legs.map((leg, index) => [leg.id, weights[index] ?? 0]));
}

/** One leg at a percentage, the others sharing the rest as they did; the total stays as it was found. */
export function setPercent(weights: readonly number[], index: number, percent: number): number[] {
  return moveLeg(weights, index, Math.round((percent / 100) * totalOf(weights)));
}

/** One leg by a number of steps. */
export function addSteps(weights: readonly number[], index: number, steps: number): number[] {
  return moveLeg(weights, index, (weights[index] ?? 0) + steps * stepOf(totalOf(weights)));
}

const HALF_A_POINT = 0.005;

/** Whether a total can hold a percentage: a total of 10 cannot hold 1 %. */
export function isReachable(total: number, percent: number): boolean {
  if (total <= 0) return false;
  const asked = percent / 100;
  return Math.abs(Math.round(asked * total) / total - asked) < HALF_A_POINT;
}

/** Moves the boundary between a leg and the next: what one gives, the other takes; nobody else moves. */
export function moveBoundary(weights: readonly number[], boundary: number, rightWeight: number): number[] {
  const pair = (weights[boundary] ?? 0) + (weights[boundary + 1] ?? 0);
  const right = Math.min(pair, Math.max(0, Math.round(rightWeight)));
  return weights.map((weight, index) => (index === boundary ? pair - right : index === boundary + 1 ? right : weight));
}

/** Where the boundary after a leg lies on the track, 0 to 1. */
export function boundaryAt(weights: readonly number[], boundary: number): number {
  const total = totalOf(weights);
  return total === 0 ? 0 : totalOf(weights.slice(0, boundary + 1)) / total;
}

export interface ShareMove {
  leg: SplitLeg;
  before: number;
  after: number;
}

/** The legs whose share the draft changes. */
export function shareMoves(rule: RouteRule, weights: readonly number[]): ShareMove[] {
  const before = sharesOf(ruleWeights(rule.legs));
  const after = sharesOf(weights);
  return rule.legs
    .map((leg, index) => ({ leg, before: before[index] ?? 0, after: after[index] ?? 0 }))
    .filter((move) => move.before !== move.after);
}

/** Share of all calls that would go elsewhere than now, 0 to 1. */
export function movedShare(moves: readonly ShareMove[]): number {
  return moves.reduce((sum, move) => sum + Math.max(0, move.before - move.after), 0);
}

/** How a leg is called: its version where it has one, else the service it leads to, else its id. */
export function legName(leg: { id: string; version: string | null; service?: string }): string {
  return leg.version ?? leg.service ?? leg.id;
}

/** Reads what a person typed into a share field: `12`, `12 %`, `12,5`. `null` for anything else. */
export function parsePercent(text: string): number | null {
  const match = /^\s*(\d{1,3}(?:[.,]\d{1,4})?)\s*%?\s*$/.exec(text);
  const digits = match?.[1];
  if (digits === undefined) return null;
  const percent = Number(digits.replace(",", "."));
  return percent <= 100 ? percent : null;
}
