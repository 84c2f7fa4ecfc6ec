import type { ProxyProof } from "#lib/model/change.ts";
import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { Owner, PlanCheck, Route, RouteRule } from "#lib/model/routing.ts";
import type { DraftAnswer, PreparedWrite, RoutingTarget, SplitDraft, WriteStanding } from "#lib/ports/routing-target.ts";
import { sharesOf } from "#lib/routing/apportion.ts";
import { checkWeights } from "#lib/routing/check-weights.ts";
import { diffTexts } from "#lib/routing/text-diff.ts";

/** What a fake proxy does with a text that it is given. */
export type FakeProxyMode = "takes" | "rejects" | "ignores" | "unreachable";

export type FakeCall = Exclude<keyof RoutingTarget, "id">;

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
export interface FakeRoutingTarget extends RoutingTarget {
  readonly calls: readonly { name: FakeCall; location: string | null }[];
  textOf(routeId: string): string;
  /** Somebody else writes: the route gets other weights and no marker. */
  writeAsSomebodyElse(routeId: string, weights: Readonly<Record<string, number>>): void;
  /** Applies to every text that is put in place from now on; `takes` also takes what is there now. */
  setProxy(proxyId: string, mode: FakeProxyMode): void;
  /** The next call of this name answers with the error and does nothing. */
  failNext(name: "routes" | "route" | "prepare" | "apply" | "restore" | "standing", error: WeftError): void;
  /** The next `apply` or `restore` does its work and then throws, as a process does that dies before it can say so. */
  crashAfterNext(name: "apply" | "restore"): void;
  /** Replaces the checks of every later draft. */
  setChecks(checks: readonly PlanCheck[]): void;
  /** Runs when a call begins and holds it until the promise resolves. */
  onCall(hook: ((name: FakeCall) => void | Promise<void>) | null): void;
}

interface FakeRoute {
  host: string;
  timeoutMs: number | null;
  proxies: readonly string[];
  text: string;
  owner: Owner;
}

interface FakeProxy {
  mode: FakeProxyMode;
  /** Text in force, by route id. */
  texts: Map<string, string>;
  rejected: number;
}

const RULE_ID = "all/main";
const WRITTEN_AT = "2026-01-01T00:00:00.000Z";
const HUMAN: Owner = { kind: "human", name: "edited by hand", since: WRITTEN_AT, changeId: null };

/** Options: `routes` by host; default one host `reviews` with v1 90, v2 10 and the proxies `caller-1` and `caller-2`. */
export function createFakeRoutingTarget(
  options: { id?: string; routes?: Readonly<Record<string, FakeRouteOptions>> } = {},
): FakeRoutingTarget {
  return new InMemoryTarget(options.id ?? "fake", options.routes ?? { reviews: {} });
}

class InMemoryTarget implements FakeRoutingTarget {
  readonly id: string;
  readonly calls: { name: FakeCall; location: string | null }[] = [];
  readonly #routes = new Map<string, FakeRoute>();
  readonly #proxies = new Map<string, FakeProxy>();
  readonly #failures = new Map<string, WeftError>();
  readonly #crashes = new Set<string>();
  #checks: readonly PlanCheck[] = [{ code: "weights", level: "pass", text: "Weights are whole and sum to the old total.", mend: null }];
  #hook: ((name: FakeCall) => void | Promise<void>) | null = null;

  constructor(id: string, routes: Readonly<Record<string, FakeRouteOptions>>) {
    this.id = id;
    for (const [host, route] of Object.entries(routes)) {
      const proxies = route.proxies ?? ["caller-1", "caller-2"];
      const text = textOf("none", route.weights ?? { v1: 90, v2: 10 });
      const routeId = `${id}:${host}`;
      this.#routes.set(routeId, { host, timeoutMs: route.timeoutMs ?? 5_000, proxies, text, owner: HUMAN });
      for (const proxy of proxies) {
        const known = this.#proxies.get(proxy) ?? { mode: "takes", texts: new Map<string, string>(), rejected: 0 };
        known.texts.set(routeId, text);
        this.#proxies.set(proxy, known);
      }
    }
  }

  textOf(routeId: string): string {
    return this.#mustHave(routeId).text;
  }

  writeAsSomebodyElse(routeId: string, weights: Readonly<Record<string, number>>): void {
    this.#put(routeId, textOf("by-hand", weights), HUMAN);
  }

  setProxy(proxyId: string, mode: FakeProxyMode): void {
    const proxy = this.#proxies.get(proxyId);
    if (proxy === undefined) throw new Error(`no fake proxy ${proxyId}`);
    proxy.mode = mode;
    if (mode === "takes") for (const routeId of proxy.texts.keys()) proxy.texts.set(routeId, this.textOf(routeId));
  }

  failNext(name: string, error: WeftError): void {
    this.#failures.set(name, error);
  }

  crashAfterNext(name: "apply" | "restore"): void {
    this.#crashes.add(name);
  }

  setChecks(checks: readonly PlanCheck[]): void {
    this.#checks = checks;
  }

  onCall(hook: ((name: FakeCall) => void | Promise<void>) | null): void {
    this.#hook = hook;
  }

  async routes(): Promise<Result<Sourced<Route[]>>> {
    const failure = await this.#begin("routes", null);
    if (failure !== null) return err(failure);
    return ok(this.#sourced([...this.#routes.keys()].map((id) => this.#view(id))));
  }

  async route(routeId: string): Promise<Result<Sourced<Route>>> {
    const failure = await this.#begin("route", routeId);
    if (failure !== null) return err(failure);
    return this.#routes.has(routeId) ? ok(this.#sourced(this.#view(routeId))) : err(notFound(`There is no route ${routeId}.`));
  }

  async prepare(draft: SplitDraft): Promise<Result<DraftAnswer>> {
    const failure = await this.#begin("prepare", draft.routeId);
    if (failure !== null) return err(failure);
    if (!this.#routes.has(draft.routeId)) return err(notFound(`There is no route ${draft.routeId}.`));
    const route = this.#view(draft.routeId);
    const rule = route.rules.find((one) => one.id === draft.ruleId);
    if (rule === undefined) return err(notFound(`The route has no rule ${draft.ruleId}.`));
    const checked = checkWeights(rule.legs, draft.weights);
    if (!checked.ok) return checked;
    const before = route.config.text;
    const after = textOf(draft.marker, draft.weights);
    const write: PreparedWrite = {
      targetId: this.id,
      routeId: route.id,
      ruleId: rule.id,
      marker: draft.marker,
      format: route.config.format,
      location: route.config.location,
      before,
      after,
      revisionBefore: revisionOf(before),
      revisionAfter: revisionOf(after),
      weights: { ...draft.weights },
      proxies: route.proxies,
    };
    const diff = diffTexts({ format: write.format, location: write.location, before, after });
    const steps = [
      {
        precondition: "The text is as it was read.",
        forward: "Write the new text.",
        inverse: "Write the old text.",
        proof: "Every proxy tells the marker.",
      },
    ];
    return ok({ write, route, rule, diff, checks: [...this.#checks], steps });
  }

  async baseline(write: PreparedWrite): Promise<Record<string, { rejected: number; failed: number; startedAtMs: number | null } | null>> {
    await this.#begin("baseline", write.routeId);
    return Object.fromEntries(
      write.proxies.map((id) => {
        const proxy = this.#proxies.get(id);
        return [id, proxy === undefined || proxy.mode === "unreachable" ? null : { rejected: proxy.rejected, failed: 0, startedAtMs: 0 }];
      }),
    );
  }

  async apply(write: PreparedWrite): Promise<Result<void>> {
    const owner: Owner = { kind: "weft", name: "Weft", since: WRITTEN_AT, changeId: write.marker };
    return await this.#replace("apply", write, write.before, write.after, owner);
  }

  async restore(write: PreparedWrite): Promise<Result<void>> {
    return await this.#replace("restore", write, write.after, write.before, HUMAN);
  }

  async standing(write: PreparedWrite): Promise<Result<WriteStanding>> {
    const failure = await this.#begin("standing", write.routeId);
    if (failure !== null) return err(failure);
    const text = this.#mustHave(write.routeId).text;
    if (text === write.after) return ok({ at: "after" });
    if (text === write.before) return ok({ at: "before" });
    const diff = diffTexts({ format: write.format, location: write.location, before: write.before, after: text });
    return ok({ at: "foreign", revision: revisionOf(text), modifiedAtMs: Date.parse(WRITTEN_AT), diff });
  }

  async verify(write: PreparedWrite, baseline: Readonly<Record<string, { rejected: number } | null>>): Promise<ProxyProof[]> {
    await this.#begin("verify", write.routeId);
    return write.proxies.map((id) => {
      const proxy = this.#proxies.get(id);
      if (proxy === undefined || proxy.mode === "unreachable") {
        return { id, state: "unreachable", revision: null, observedAt: null, reason: `${id} does not answer.` };
      }
      const text = proxy.texts.get(write.routeId) ?? "";
      const answer = { id, revision: markerOf(text), observedAt: WRITTEN_AT };
      if (text === write.after) return { ...answer, state: "live", reason: null };
      const isRejected = proxy.rejected > (baseline[id]?.rejected ?? proxy.rejected);
      if (isRejected) return { ...answer, state: "rejected", reason: `${id} refused the text.` };
      return { ...answer, state: "pending", reason: `${id} still has the old text.` };
    });
  }

  async #replace(name: "apply" | "restore", write: PreparedWrite, expected: string, next: string, owner: Owner): Promise<Result<void>> {
    const failure = await this.#begin(name, write.routeId);
    if (failure !== null) return err(failure);
    if (this.textOf(write.routeId) !== expected) {
      return err(
        new WeftError("CONFLICT", `${write.location} was changed by someone else.`, {
          sourceId: this.id,
          mend: "Read the route and plan again.",
        }),
      );
    }
    this.#put(write.routeId, next, owner);
    if (this.#crashes.delete(name)) throw new Error(`scripted crash after ${name}`);
    return ok(undefined);
  }

  async #begin(name: FakeCall, location: string | null): Promise<WeftError | null> {
    this.calls.push({ name, location });
    await this.#hook?.(name);
    const failure = this.#failures.get(name) ?? null;
    this.#failures.delete(name);
    return failure;
  }

  #put(routeId: string, text: string, owner: Owner): void {
    const route = this.#mustHave(routeId);
    this.#routes.set(routeId, { ...route, text, owner });
    for (const id of route.proxies) {
      const proxy = this.#proxies.get(id);
      if (proxy?.mode === "takes") proxy.texts.set(routeId, text);
      if (proxy?.mode === "rejects" && proxy.texts.get(routeId) !== text) proxy.rejected += 1;
    }
  }

  #mustHave(routeId: string): FakeRoute {
    const route = this.#routes.get(routeId);
    if (route === undefined) throw new Error(`no fake route ${routeId}`);
    return route;
  }

  #view(routeId: string): Route {
    const route = this.#mustHave(routeId);
    const weights = weightsOf(route.text);
    const shares = sharesOf(Object.values(weights));
    const rule: RouteRule = {
      id: RULE_ID,
      match: "every path",
      legs: Object.entries(weights).map(([id, weight], index) => ({
        id,
        service: route.host,
        version: id,
        weight,
        share: shares[index] ?? 0,
      })),
      timeoutMs: route.timeoutMs,
      retries: null,
      editable: true,
      reason: null,
    };
    return {
      id: routeId,
      host: route.host,
      target: `shop/${route.host}`,
      kind: "fake",
      source: this.id,
      owner: route.owner,
      rules: [rule],
      revision: revisionOf(route.text),
      config: { format: "text", location: `fake/${route.host}`, text: route.text },
      proxies: [...route.proxies],
      problem: null,
    };
  }

  #sourced<T>(value: T): Sourced<T> {
    return {
      value,
      provenance: [{ source: this.id, kind: "fake", query: "memory", observedAt: WRITTEN_AT }],
      notices: [],
      coverage: "complete",
    };
  }
}

function textOf(marker: string, weights: Readonly<Record<string, number>>): string {
  return [`marker: ${marker}`, ...Object.entries(weights).map(([id, weight]) => `${id}: ${weight}`), ""].join("\n");
}

function markerOf(text: string): string | null {
  return /^marker: (.*)$/m.exec(text)?.[1] ?? null;
}

function weightsOf(text: string): Record<string, number> {
  const lines = text.split("\n").slice(1, -1);
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.lastIndexOf(":")), Number(line.slice(line.lastIndexOf(":") + 1))]));
}

function revisionOf(text: string): string {
  return `rev:${text.replaceAll("\n", ";")}`;
}

function notFound(message: string): WeftError {
  return new WeftError("NOT_FOUND", message, { mend: "Read the routes again." });
}
