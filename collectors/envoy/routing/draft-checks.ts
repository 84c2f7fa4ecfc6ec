import { plainName } from "#collectors/shared/plain-name.ts";
import type { PlanCheck, RouteRule } from "#lib/model/routing.ts";

import type { DryRun } from "../files/dry-run.ts";
import { check, checkDryRun, checkProxies, checkWritable, type Unwritable } from "../files/file-checks.ts";
import { nameProxies } from "../files/name-proxies.ts";

/** What one affected proxy says about the draft's targets, or why it says nothing. */
export interface ProxyView {
  id: string;
  /** Endpoints by target name; `null` when it did not answer. */
  endpoints: ReadonlyMap<string, { ready: number; total: number }> | null;
  /** Why the rule as the file has it is not what the proxy runs; `null` when it is, or when it did not answer. */
  difference: string | null;
  /** Why it did not answer; `null` when it did. */
  silence: string | null;
}

export interface DraftFacts {
  location: string;
  rule: RouteRule;
  weights: Readonly<Record<string, number>>;
  validatesClusters: boolean;
  /** Runtime values of this name can stand in for the weights. */
  runtimeKeyPrefix: string | null;
  views: readonly ProxyView[];
  /** Proxies that never said where their routes come from. */
  neverSeen: readonly string[];
  /** Why the folder cannot be written; `null` when it can. */
  unwritable: Unwritable | null;
  /** Other files that take the same host, with the proxies that read them. */
  rivals: readonly { location: string; proxies: readonly string[] }[];
  dryRun: DryRun | null;
}

/** Everything that can be said for or against a draft, in the order in which people ask. */
export function checkDraft(facts: DraftFacts): PlanCheck[] {
  return [
    checkWeights(facts),
    ...facts.rule.legs.flatMap((leg) => checkEndpoints(facts, leg)),
    ...checkTargets(facts),
    ...checkRivals(facts),
    checkDryRun(facts.dryRun),
    ...checkProxies(facts, "route"),
    ...checkInStep(facts),
    ...checkRuntime(facts),
    checkWritable(facts.unwritable, facts.location),
  ];
}

function checkWeights({ rule, weights }: DraftFacts): PlanCheck {
  const before = rule.legs.reduce((all, leg) => all + leg.weight, 0);
  const after = rule.legs.reduce((all, leg) => all + (weights[leg.id] ?? 0), 0);
  const isSame = rule.legs.every((leg) => weights[leg.id] === leg.weight);
  if (isSame)
    return check("no-change", "fail", "There is nothing to change: the rule has these weights already", "Move at least one weight.");
  if (before === after) return check("weights", "pass", `Weights are whole and sum to ${after}, as before`);
  return check("weights", "note", `Weights are whole and sum to ${after}; before they summed to ${before}. Shares count, not the sum`);
}

function label(facts: DraftFacts, leg: RouteRule["legs"][number]): string {
  const isAlone = facts.rule.legs.filter((other) => other.version === leg.version).length === 1;
  return plainName(leg.version !== null && isAlone ? leg.version : leg.id);
}

type Leg = RouteRule["legs"][number];

/** Ready endpoints of a leg that would get calls, as the worst-off proxy sees them. */
function checkEndpoints(facts: DraftFacts, leg: Leg): PlanCheck[] {
  const weight = facts.weights[leg.id] ?? 0;
  if (weight === 0) return [];
  const name = label(facts, leg);
  const seen = facts.views.flatMap(({ id, endpoints }) => {
    const one = endpoints?.get(leg.id);
    return one === undefined ? [] : [{ id, ...one }];
  });
  const [first, ...others] = seen;
  if (first === undefined)
    return [check("endpoints", "unknown", `Whether ${name} has ready endpoints is not known: no proxy that answers knows it`)];
  const worst = others.reduce((least, one) => (one.ready < least.ready ? one : least), first);
  const differ = others.some((one) => one.ready !== first.ready || one.total !== first.total);
  const count = `${name} has ${worst.ready} of ${worst.total} ready endpoint${worst.total === 1 ? "" : "s"}${differ ? `, as ${plainName(worst.id)} sees it` : ""}`;
  if (worst.ready > 0) return [check("endpoints", worst.ready < worst.total ? "note" : "pass", count)];
  const after = facts.rule.legs.reduce((all, one) => all + (facts.weights[one.id] ?? 0), 0);
  const rises = weight / after > leg.share;
  const mend = `Start ${name} and wait until it is ready, or give it no calls.`;
  // Taking calls away from a dead version must stay possible in steps.
  return [
    rises
      ? check("endpoints", "fail", `${count}; calls to it would fail`, mend)
      : check("endpoints", "warn", `${count}; the calls it keeps fail`, mend),
  ];
}

function checkTargets(facts: DraftFacts): PlanCheck[] {
  const answered = facts.views.filter((view) => view.endpoints !== null);
  if (answered.length === 0)
    return [check("targets", "unknown", "Whether the proxies know every target could not be checked: none of them answers")];
  const missing = facts.rule.legs.flatMap((leg) => {
    const lacking = answered.filter((view) => view.endpoints?.has(leg.id) === false).map((view) => view.id);
    return lacking.length === 0 ? [] : [{ leg, lacking }];
  });
  const names = facts.rule.legs.map((leg) => label(facts, leg));
  if (missing.length === 0) {
    const known = names.length === 2 ? `both ${names.join(" and ")}` : `all ${names.length} targets`;
    const who = answered.length === 1 ? "The proxy that answers knows" : `All ${answered.length} proxies that answer know`;
    return [check("targets", "pass", `${who} ${known}`)];
  }
  return missing.map(({ leg, lacking }) => {
    const text = `${label(facts, leg)} is not known to ${nameProxies(lacking)} as ${plainName(leg.id)}`;
    const mend = "Define the target in the proxies first; routes come after what they point to.";
    if (facts.validatesClusters) return check("targets", "fail", `${text}; they would refuse the whole file`, mend);
    if ((facts.weights[leg.id] ?? 0) > 0) return check("targets", "fail", `${text}; its calls would be answered with 503`, mend);
    return check("targets", "warn", `${text}; it gets no calls`, mend);
  });
}

function checkRivals({ rivals, location }: DraftFacts): PlanCheck[] {
  if (rivals.length === 0) return [check("host", "pass", "No other route file takes this host")];
  return rivals.map((rival) => {
    const readers =
      rival.proxies.length === 0
        ? "no known proxy reads it"
        : `${nameProxies(rival.proxies)} ${rival.proxies.length === 1 ? "reads" : "read"} it`;
    return check(
      "host",
      "warn",
      `${rival.location} takes the same host (${readers}) and is not changed`,
      `Move its weights as well, or let every proxy read ${location}.`,
    );
  });
}

/** A file edited in place is not what the proxies run: they look only when a file is renamed onto it. */
function checkInStep({ views, location }: DraftFacts): PlanCheck[] {
  const behind = views.filter((view) => view.difference !== null);
  const [first] = behind;
  if (first === undefined) return [];
  const ids = behind.map((view) => view.id);
  return [
    check(
      "in-step",
      "warn",
      `${nameProxies(ids)} ${ids.length === 1 ? "does" : "do"} not run what ${location} says now. ${first.difference}`,
      "Applying brings them in step; what is observed until then is the older split.",
    ),
  ];
}

function checkRuntime({ runtimeKeyPrefix }: DraftFacts): PlanCheck[] {
  if (runtimeKeyPrefix === null) return [];
  return [
    check(
      "runtime",
      "warn",
      `Runtime values under ${plainName(runtimeKeyPrefix)} can override these weights in a proxy, and its dump does not show it`,
    ),
  ];
}
