import { plainName } from "#collectors/shared/plain-name.ts";
import { INTERNET_ID } from "#lib/model/ids.ts";
import type { DecisionFacts, ObservedCalls, RefusedConnections } from "#lib/model/security-facts.ts";

import type { KnownProxy } from "../identity/known-proxy.ts";
import type { MeshView } from "../identity/mesh-view.ts";
import type { Delta, Folded } from "../stats/counter-book.ts";
import type { CountedRefusal, RbacCounter } from "../stats/security-series.ts";
import type { Arrival } from "../traffic/mapper.ts";
import { createAddressBook } from "./address-book.ts";
import { coveredBy, WindowedCounts, type Covered } from "./windowed-counts.ts";

/** Names one counter of one proxy's authorization filters. */
export type RbacKey = Omit<RbacCounter, "kind"> & { proxyId: string };

/** Who called whom and how, who was refused, and what was decided: counted from the polls of all proxies. */
export interface SecurityBook {
  /** Takes in one poll: what the traffic counted, and what happened beside it. */
  note(proxy: KnownProxy, folded: Pick<Folded, "deltas">, mesh: MeshView, arrivals: readonly Arrival[], atMs: number): void;
  /** Epoch milliseconds just before the first poll; `null` = there was none yet. */
  readonly sinceMs: number | null;
  /** How much found no room. */
  readonly dropped: number;
  covered(window: { fromMs: number | null; toMs: number }, nowMs: number): Covered;
  calls(covered: Covered): ObservedCalls[];
  refusals(covered: Covered, nowMs: number): RefusedConnections[];
  decisions(covered: Covered): DecisionFacts[];
  /** Counts of every authorization counter that grew, by `rbacKeyOf`. */
  rbac(covered: Covered): Map<string, number>;
}

/** Each key takes up to 11 kB, so that all of them together take at most 80 MB. */
const MAX_CALLS = 4_000;
const MAX_OTHERS = 1_000;

type Fields<T> = Omit<T, "count" | "firstSeenMs" | "lastSeenMs">;

/** `hasOnlyEnded`: whether a node had nothing but ended certificates to show at an instant, as far as that is known. */
export function createSecurityBook(hasOnlyEnded: (nodeId: string, atMs: number) => boolean = () => false): SecurityBook {
  const calls = new WindowedCounts<Fields<ObservedCalls>>(MAX_CALLS);
  const refused = new WindowedCounts<Fields<RefusedConnections>>(MAX_OTHERS);
  const decided = new WindowedCounts<Fields<DecisionFacts>>(MAX_OTHERS);
  const filters = new WindowedCounts<string>(MAX_OTHERS);
  const addresses = createAddressBook();
  let sinceMs: number | null = null;

  function noteArrival({ source, target, protocol, transport, peer, address, tls, count }: Arrival, atMs: number): void {
    if (transport === "mutual" && address !== "") addresses.learn(address, source, atMs);
    const call: Fields<ObservedCalls> = {
      source,
      target,
      protocol,
      transport,
      identity: identityIn(peer),
      address: addressOf(source, address),
      tlsVersion: tls === "" ? null : plainName(tls),
    };
    addTo(calls, call, count, atMs);
  }

  function noteDelta(proxy: KnownProxy, target: string, mesh: MeshView, { series, by }: Delta, atMs: number): void {
    switch (series.kind) {
      case "handshake": {
        const { outcome, peer, address } = series;
        if (outcome.is === "stood" && peer !== "" && address !== "") {
          addresses.learn(address, mesh.caller(proxy, series), atMs);
        } else if (outcome.is === "refused") {
          const source = mesh.callerAt(proxy, address);
          const from = { source, claimed: identityIn(peer), address: addressOf(source, address) };
          addTo(refused, { ...from, target, witness: "server", reason: outcome.reason }, by, atMs);
        }
        return;
      }
      case "listener-refusal":
        if (refusalsAreUnlogged(proxy, series.listener)) addTo(refused, anonymous(target, series), by, atMs);
        return;
      case "cluster-refusal": {
        const node = mesh.target(proxy, series.cluster)?.nodeId;
        if (node === undefined) return;
        const why = series.certificateRefused && hasOnlyEnded(node, atMs) ? EXPIRED : series;
        addTo(refused, { source: target, target: node, witness: "caller", claimed: null, address: null, ...reasonIn(why) }, by, atMs);
        return;
      }
      case "authz": {
        const source = mesh.caller(proxy, series);
        const who = { target, source, identity: identityIn(series.peer), address: addressOf(source, series.address) };
        for (const decision of series.decisions) addTo(decided, { ...who, ...decision }, by, atMs);
        return;
      }
      case "rbac": {
        const key = rbacKeyOf({ ...series, proxyId: proxy.id });
        filters.add(key, key, by, atMs);
      }
    }
  }

  return {
    note(proxy, { deltas }, mesh, arrivals, atMs) {
      // What the first poll counts is part of the memory, and windows begin after their first instant.
      sinceMs ??= atMs - 1;
      for (const arrival of arrivals) noteArrival(arrival, atMs);
      const self = proxy.identity?.nodeId;
      if (self !== undefined) for (const delta of deltas) noteDelta(proxy, self, mesh, delta, atMs);
    },
    get sinceMs() {
      return sinceMs;
    },
    get dropped() {
      return calls.dropped + refused.dropped + decided.dropped + filters.dropped;
    },
    covered: (window, nowMs) => coveredBy(window, sinceMs ?? nowMs, nowMs),
    calls: (covered) => calls.within(covered).map(({ fields, ...counted }) => ({ ...fields, ...counted })),
    refusals(covered, nowMs) {
      const rows = refused.within(covered).map(({ fields, ...counted }) => {
        // The address may have proven itself only after it was refused.
        const source = fields.source ?? (fields.address === null ? null : addresses.nodeAt(fields.address, nowMs));
        return { ...fields, ...counted, source };
      });
      return toldOnce(merged(rows));
    },
    decisions: (covered) => decided.within(covered).map(({ fields, count, lastSeenMs }) => ({ ...fields, count, lastSeenMs })),
    rbac: (covered) => new Map(filters.within(covered).map(({ fields, count }) => [fields, count])),
  };
}

/** One text for one counter. */
export function rbacKeyOf({ proxyId, manager, prefix, mode, outcome, policy }: RbacKey): string {
  return JSON.stringify([proxyId, manager, prefix, mode, outcome, policy]);
}

function addTo<F extends object>(counts: WindowedCounts<F>, fields: F, by: number, atMs: number): void {
  counts.add(JSON.stringify(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1))), fields, by, atMs);
}

/** The first of the names that a certificate carries: there is one, unless somebody strayed from SPIFFE. */
function identityIn(peer: string): string | null {
  const [first = ""] = peer.split(",", 1);
  return first === "" ? null : plainName(first.trim());
}

/** Visitors from outside are not told apart: they are many, and their addresses are nobody's business. */
function addressOf(source: string | null, address: string): string | null {
  return address === "" || source === INTERNET_ID ? null : plainName(address);
}

const EXPIRED: CountedRefusal = { reason: "expired", certificateRefused: false };

function reasonIn({ reason, certificateRefused }: CountedRefusal): Pick<RefusedConnections, "reason" | "certificateRefused"> {
  return certificateRefused ? { reason, certificateRefused } : { reason };
}

function anonymous(target: string, why: CountedRefusal): Fields<RefusedConnections> {
  return { source: null, target, witness: "server", claimed: null, address: null, ...reasonIn(why) };
}

/**
 * Without those that both sides tell: what a caller refuses is to a listener without a logger of its own a connection that
 * failed, and its counter does not say who gave up.
 */
function toldOnce(rows: readonly RefusedConnections[]): RefusedConnections[] {
  const byCallers = new Map<string, number>();
  for (const { target, witness, count } of rows) if (witness === "caller") byCallers.set(target, (byCallers.get(target) ?? 0) + count);
  return rows.flatMap((row) => {
    const { source, target, witness, reason, address, certificateRefused, count } = row;
    const isFailure = witness === "server" && source === null && address === null && reason === "unknown" && certificateRefused !== true;
    const own = isFailure ? count - (byCallers.get(target) ?? 0) : count;
    return own <= 0 ? [] : [{ ...row, count: own }];
  });
}

/** A listener with the recommended logger names whom it refused; its own counters would count them again. */
function refusalsAreUnlogged({ config }: KnownProxy, statName: string): boolean {
  return config?.listeners.some((listener) => listener.statName === statName && listener.asksTls && !listener.logsHandshakes) ?? false;
}

/** Rows that turned out to be of one caller. */
function merged(rows: readonly RefusedConnections[]): RefusedConnections[] {
  const byKey = new Map<string, RefusedConnections>();
  for (const row of rows) {
    const { source, target, witness, reason, certificateRefused = false, claimed, address } = row;
    const key = JSON.stringify([source, target, witness, reason, certificateRefused, claimed, address]);
    const known = byKey.get(key);
    byKey.set(
      key,
      known === undefined
        ? row
        : {
            ...row,
            count: known.count + row.count,
            firstSeenMs: Math.min(known.firstSeenMs, row.firstSeenMs),
            lastSeenMs: Math.max(known.lastSeenMs, row.lastSeenMs),
          },
    );
  }
  return [...byKey.values()];
}
