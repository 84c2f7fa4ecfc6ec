import { err, ok, type Result } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { PlanCheck, Route, RouteRule } from "#lib/model/routing.ts";
import type { DraftAnswer, RoutingTarget, SplitDraft } from "#lib/ports/routing-target.ts";
import { sharesOf } from "#lib/routing/apportion.ts";
import { checkWeights } from "#lib/routing/check-weights.ts";

import { InMemoryWriteTarget, linesOf, markedText, notFound, revisionOf, type ScriptedTarget } from "./fake-write-target.ts";

export interface FakeRouteOptions {
  /** Weight by leg id; the id is also the version. Default `{ v1: 90, v2: 10 }`. */
  weights?: Readonly<Record<string, number>>;
  proxies?: readonly string[];
  timeoutMs?: number | null;
}

/**
 * A back end in memory with the real rules: it refuses what a real one refuses, keeps a text per route, and has proxies
 * that take the text or do not. A test scripts what goes wrong.
 */
export interface FakeRoutingTarget extends RoutingTarget, ScriptedTarget {
  /** Somebody else writes: the route gets other weights and no marker. */
  writeAsSomebodyElse(routeId: string, weights: Readonly<Record<string, number>>): void;
}

const RULE_ID = "all/main";
const CHECKS: readonly PlanCheck[] = [{ code: "weights", level: "pass", text: "Weights are whole and sum to the old total.", mend: null }];

/** Options: `routes` by host; default one host `reviews` with v1 90, v2 10 and the proxies `caller-1` and `caller-2`. */
export function createFakeRoutingTarget(
  options: { id?: string; routes?: Readonly<Record<string, FakeRouteOptions>> } = {},
): FakeRoutingTarget {
  return new InMemoryRoutingTarget(options.id ?? "fake", options.routes ?? { reviews: {} });
}

class InMemoryRoutingTarget extends InMemoryWriteTarget implements FakeRoutingTarget {
  readonly #routes = new Map<string, { host: string; timeoutMs: number | null }>();

  constructor(id: string, routes: Readonly<Record<string, FakeRouteOptions>>) {
    const objects = Object.entries(routes).map(([host, route]) => {
      const text = textOf("none", route.weights ?? { v1: 90, v2: 10 });
      return [`${id}:${host}`, { location: `fake/${host}`, text, proxies: route.proxies ?? ["caller-1", "caller-2"] }] as const;
    });
    super(id, new Map(objects), CHECKS);
    for (const [host, { timeoutMs = 5_000 }] of Object.entries(routes)) this.#routes.set(`${id}:${host}`, { host, timeoutMs });
  }

  writeAsSomebodyElse(routeId: string, weights: Readonly<Record<string, number>>): void {
    this.writeByHand(routeId, textOf("by-hand", weights));
  }

  async routes(): Promise<Result<Sourced<Route[]>>> {
    const failure = await this.begin("routes", null);
    if (failure !== null) return err(failure);
    return ok(this.sourced([...this.#routes.keys()].flatMap((id) => this.#view(id) ?? [])));
  }

  async route(routeId: string): Promise<Result<Sourced<Route>>> {
    const failure = await this.begin("route", routeId);
    if (failure !== null) return err(failure);
    const route = this.#view(routeId);
    return route === null ? err(notFound(`There is no route ${routeId}.`)) : ok(this.sourced(route));
  }

  async prepare(draft: SplitDraft): Promise<Result<DraftAnswer>> {
    const failure = await this.begin("prepare", draft.routeId);
    if (failure !== null) return err(failure);
    const route = this.#view(draft.routeId);
    if (route === null) return err(notFound(`There is no route ${draft.routeId}.`));
    const rule = route.rules.find((one) => one.id === draft.ruleId);
    if (rule === undefined) return err(notFound(`The route has no rule ${draft.ruleId}.`));
    const checked = checkWeights(rule.legs, draft.weights);
    if (!checked.ok) return checked;
    const expects = { kind: "weights" as const, ruleId: rule.id, weights: { ...draft.weights } };
    return ok({ ...this.draft(route.id, draft.marker, textOf(draft.marker, draft.weights), expects), route, rule });
  }

  #view(routeId: string): Route | null {
    const known = this.#routes.get(routeId);
    if (known === undefined) return null;
    const { host, timeoutMs } = known;
    const { text, location, owner, proxies } = this.held(routeId);
    const weights = weightsOf(text);
    const shares = sharesOf(Object.values(weights));
    const rule: RouteRule = {
      id: RULE_ID,
      match: "every path",
      legs: Object.entries(weights).map(([id, weight], index) => ({ id, service: host, version: id, weight, share: shares[index] ?? 0 })),
      timeoutMs,
      retries: null,
      editable: true,
      reason: null,
    };
    return {
      id: routeId,
      host,
      target: `shop/${host}`,
      kind: "fake",
      source: this.id,
      owner,
      rules: [rule],
      revision: revisionOf(text),
      config: { format: "text", location, text },
      proxies: [...proxies],
      problem: null,
    };
  }
}

function textOf(marker: string, weights: Readonly<Record<string, number>>): string {
  return markedText(
    marker,
    Object.entries(weights).map(([id, weight]) => `${id}: ${weight}`),
  );
}

function weightsOf(text: string): Record<string, number> {
  return Object.fromEntries(
    linesOf(text).map((line) => [line.slice(0, line.lastIndexOf(":")), Number(line.slice(line.lastIndexOf(":") + 1))]),
  );
}
