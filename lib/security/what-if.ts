import { INTERNET_ID, parseNodeId } from "#lib/model/ids.ts";
import type { WhatIf, WhatIfCaller, WhatIfScope } from "#lib/model/security.ts";
import type { ServerDemand } from "#lib/model/tls.ts";
import type { DeclaredTransport, ServiceFacts } from "#lib/model/topology.ts";
import type { ObservedCalls } from "#lib/model/security-facts.ts";

import type { EdgeLoad, SecurityPicture } from "./facts.ts";
import { identityName, TRANSPORT_WORDS, nodePath } from "./wording.ts";
import { createIdentityReader } from "./peer-identity.ts";
import { placeOf, type Steering } from "./steering.ts";
import { joinClients, joinDemands } from "./transport-verdict.ts";
import { certaintyOf, whatIfSentence } from "./what-if-sentences.ts";
import { workloadIds } from "./workload-posture.ts";

export interface WhatIfFacts {
  scope: WhatIfScope;
  services: readonly ServiceFacts[];
  declared: readonly DeclaredTransport[];
  /** Of all that is remembered, not of a window. */
  picture: SecurityPicture;
  /** The map's edges of the longest window that it keeps. */
  loads: readonly EdgeLoad[];
  steering: Steering;
  /** Whether every proxy told; else callers may be missing. */
  isComplete: boolean;
  nowMs: number;
}

const GATEWAY_REASON = "It is a gateway: callers from outside the mesh have no certificate of the mesh";

interface Workload {
  id: string;
  demand: ServerDemand;
  isGateway: boolean;
  /** A gateway faces people, so only a question about itself is a question about its callers. */
  isLeftOut: boolean;
}

/** The workloads of a scope. A gateway that is strict already has callers like any other. */
function workloadsIn({ scope, services, picture, loads }: WhatIfFacts): Workload[] {
  const known = new Map(services.map((service) => [service.id, service]));
  // Whom visitors call faces them, also where nothing tells that it is a gateway.
  const facing = new Set([...picture.calls, ...loads].flatMap(({ source, target }) => (source === INTERNET_ID ? [target] : [])));
  const listenersOf = Map.groupBy(picture.listeners, ({ nodeId }) => nodeId);
  return workloadIds(services, picture)
    .filter((id) => {
      if (scope.kind === "mesh") return true;
      return scope.kind === "workload" ? id === scope.id : (known.get(id)?.namespace ?? parseNodeId(id).namespace) === scope.id;
    })
    .map((id) => {
      const told = known.get(id)?.demand ?? "unknown";
      const demand = told === "unknown" ? joinDemands((listenersOf.get(id) ?? []).map((one) => one.demand)) : told;
      const isGateway = known.get(id)?.kind === "gateway" || facing.has(id);
      return { id, demand, isGateway, isLeftOut: isGateway && demand !== "strict" && scope.kind !== "workload" };
    });
}

const REASONS: Record<ObservedCalls["transport"], string> = {
  plaintext: "It was seen to call in plaintext",
  oneWay: "It was seen to call over TLS without a certificate",
  mutual: "It was seen to call over mutual TLS only",
};

/**
 * Callers of a workload that is strict already: nothing changes for them. What was seen without a certificate came before
 * that, and is not known to call in any other way.
 */
function alreadyRefused(caller: WhatIfCaller, isStrict: boolean): WhatIfCaller {
  if (!isStrict) return caller;
  if (caller.effect === "keeps") return { ...caller, reason: "Mutual TLS is demanded of it already, and it calls so" };
  if (caller.effect === "unknown") return caller;
  return { ...caller, effect: "unknown", reason: "It called without a certificate before mutual TLS was demanded: it is refused already" };
}

function seenCallers(calls: readonly ObservedCalls[]): WhatIfCaller[] {
  const identityOf = createIdentityReader();
  const plain = new Set(calls.filter(({ transport }) => transport !== "mutual").map(({ source, target }) => `${source}|${target}`));
  const groups = Map.groupBy(
    calls,
    ({ source, target, identity, address, transport }) =>
      // The identity is last: it alone is written by somebody else.
      `${source}|${target}\n${transport}\n${address ?? ""}\n${identity ?? ""}`,
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { source, target, identity, address, transport } = first;
    const isRefused = transport !== "mutual";
    const hasOtherWay = !isRefused && plain.has(`${source}|${target}`);
    return [
      {
        source,
        target,
        identity: identityOf(identity),
        address,
        effect: isRefused ? ("refused" as const) : ("keeps" as const),
        count: group.reduce((sum, { count }) => sum + count, 0),
        lastSeen: new Date(group.reduce((last, { lastSeenMs }) => Math.max(last, lastSeenMs), first.lastSeenMs)).toISOString(),
        reason: hasOtherWay ? `Its calls as ${identityName(identityOf(identity))} over mutual TLS would go on` : REASONS[transport],
      },
    ];
  });
}

/** Callers that only the map's counts know: their transport is told, or nothing is. */
function countedCallers(load: EdgeLoad): WhatIfCaller[] {
  const { source, target, transport, arrived } = load;
  const { mutual, oneWay, plaintext } = transport;
  const caller = { source, target, identity: null, address: null, lastSeen: null };
  const unprotected = plaintext + oneWay;
  return [
    ...(unprotected > 0
      ? [{ ...caller, effect: "refused" as const, count: unprotected, reason: REASONS[plaintext > 0 ? "plaintext" : "oneWay"] }]
      : []),
    ...(mutual > 0 ? [{ ...caller, effect: "keeps" as const, count: mutual, reason: REASONS.mutual }] : []),
    ...(unprotected + mutual === 0
      ? [
          {
            ...caller,
            effect: "unknown" as const,
            count: arrived,
            reason: arrived > 0 ? "It calls, but nobody tells over which transport" : "It calls, but no call arrived",
          },
        ]
      : []),
  ];
}

function silentCaller(source: string, target: string, client: DeclaredTransport["client"]): WhatIfCaller {
  const how = client === "unknown" ? "" : ` with ${TRANSPORT_WORDS[client]}`;
  const reason = `It is set up to call ${nodePath(target)}${how}, but no call was seen`;
  return { source, target, identity: null, address: null, effect: "unknown", count: 0, lastSeen: null, reason };
}

const EFFECT_ORDER = { refused: 0, unknown: 1, keeps: 2 } as const;

/** Order of what is equal otherwise. Ends of edges first: they differ nearly always, and cost nothing to compare. */
function compareNames(a: WhatIfCaller, b: WhatIfCaller): number {
  if (a.target !== b.target) return a.target < b.target ? -1 : 1;
  if (a.source !== b.source) return a.source < b.source ? -1 : 1;
  return detailsOf(a) < detailsOf(b) ? -1 : 1;
}

function detailsOf({ identity, address, reason }: WhatIfCaller): string {
  return [identity?.uri, address, reason].join("|");
}

/**
 * Callers of the given workloads. Calls that a source saw go before counts of the map; where both know an edge the
 * counts still add what the calls do not show, for one plaintext request is enough to be refused.
 */
function callersOf(facts: WhatIfFacts, workloads: readonly Workload[]): WhatIfCaller[] {
  const strict = new Set(workloads.filter(({ demand }) => demand === "strict").map(({ id }) => id));
  const targets = new Set(workloads.filter(({ isLeftOut }) => !isLeftOut).map(({ id }) => id));
  const { picture, declared } = facts;
  const calls = picture.calls.filter(({ target }) => targets.has(target));
  const waysOf = new Map<string, Set<ObservedCalls["transport"]>>();
  for (const { source, target, transport } of calls) {
    const ways = waysOf.get(`${source}|${target}`) ?? new Set();
    waysOf.set(`${source}|${target}`, ways.add(transport));
  }
  const loads = facts.loads.filter(({ target }) => targets.has(target));
  const counted = loads.flatMap((load) => {
    const ways = waysOf.get(`${load.source}|${load.target}`);
    if (ways === undefined) return countedCallers(load);
    const isShown = ways.has("plaintext") || ways.has("oneWay");
    return isShown ? [] : countedCallers(load).filter(({ effect }) => effect === "refused");
  });
  const seen = new Set([...waysOf.keys(), ...loads.map(({ source, target }) => `${source}|${target}`)]);
  const dials = [...picture.dials.map(({ source, target, transport }) => ({ source, target, client: transport })), ...declared].filter(
    ({ source, target }) => targets.has(target) && !strict.has(target) && source !== target && !seen.has(`${source}|${target}`),
  );
  const silent = [...Map.groupBy(dials, ({ source, target }) => `${source}|${target}`).values()].flatMap((group) =>
    group[0] === undefined ? [] : [silentCaller(group[0].source, group[0].target, joinClients(group.map(({ client }) => client)))],
  );
  const told = [...seenCallers(calls), ...counted].map((caller) => alreadyRefused(caller, strict.has(caller.target)));
  return [...told, ...silent].toSorted(
    (a, b) => EFFECT_ORDER[a.effect] - EFFECT_ORDER[b.effect] || b.count - a.count || compareNames(a, b),
  );
}

function standingOf(facts: WhatIfFacts, { id, demand, isLeftOut }: Workload): WhatIf["workloads"][number] {
  const { place, reason } = placeOf(facts.steering, id);
  if (demand === "strict") return { id, demand, standing: "already", objectId: place?.id ?? null, reason: null };
  if (isLeftOut) return { id, demand, standing: "notSteerable", objectId: null, reason: GATEWAY_REASON };
  return { id, demand, standing: place === null ? "notSteerable" : "steerable", objectId: place?.id ?? null, reason };
}

/**
 * Who would be refused if the workloads of a scope took mutual TLS only, judged from calls that really came. Callers of
 * workloads that are strict already are told, and nothing changes for them. `null` where the scope holds no workload.
 */
export function judgeWhatIf(facts: WhatIfFacts): WhatIf | null {
  const { scope, picture, nowMs } = facts;
  const workloads = workloadsIn(facts);
  if (workloads.length === 0) return null;
  const open = new Set(workloads.filter(({ demand, isLeftOut }) => demand !== "strict" && !isLeftOut).map(({ id }) => id));
  const callers = callersOf(facts, workloads);
  const since = picture.observedSinceMs;
  const observedMs = since === null ? 0 : Math.max(0, nowMs - since);
  return {
    scope,
    observedSince: since === null ? null : new Date(since).toISOString(),
    observedMs,
    sentence: whatIfSentence({
      callers: open.size === 0 ? callers : callers.filter(({ target }) => open.has(target)),
      hasOpen: open.size > 0,
      hasStrict: workloads.some(({ demand }) => demand === "strict"),
      leftOut: workloads.filter(({ isLeftOut }) => isLeftOut).map(({ id }) => id),
      gateway: workloads.find(({ id, isGateway, isLeftOut }) => isGateway && !isLeftOut && open.has(id))?.id ?? null,
      isWatched: since !== null,
      observedMs,
    }),
    certainty: certaintyOf({ observedMs, isWatched: since !== null, isComplete: facts.isComplete }),
    callers,
    workloads: workloads.map((workload) => standingOf(facts, workload)),
  };
}
