import type { Evidence } from "#lib/model/security.ts";
import type { ServerDemand, TransportSecurity } from "#lib/model/tls.ts";
import type { Protocol } from "#lib/model/ids.ts";
import { printable } from "#lib/routing/printable.ts";

import type { CallFact, DialFact, EdgeLoad, ListenerFact, RefusalFact, Told } from "./facts.ts";
import { refusalSentences } from "./refusals.ts";
import { countWords, DEMAND_WORDS, listWords, nodeName, TRANSPORT_WORDS } from "./wording.ts";

/** Sentences of one kind on an edge; the table beside them holds the rest. */
const MOST_CALLERS = 3;

export interface EvidenceFacts {
  source: string;
  target: string;
  protocol: Protocol;
  load: EdgeLoad | null;
  calls: readonly Told<CallFact>[];
  dials: readonly Told<DialFact>[];
  listeners: readonly Told<ListenerFact>[];
  refusals: readonly Told<RefusalFact>[];
  /** What the topology says of the caller's side, and which source that is. */
  client: TransportSecurity;
  declaredBy: string;
  demand: ServerDemand;
  toMs: number;
}

function loadEvidence({ load, protocol, toMs }: EvidenceFacts): Evidence[] {
  if (load === null) return [];
  const noun = protocol === "tcp" ? "connection" : "request";
  const { mutual, oneWay, plaintext } = load.transport;
  const parts = [
    ...(plaintext > 0 ? [`${countWords(plaintext, noun)} in plaintext`] : []),
    ...(oneWay > 0 ? [`${countWords(oneWay, noun)} over one-way TLS`] : []),
    ...(mutual > 0 ? [`${countWords(mutual, noun)} over mutual TLS`] : []),
  ];
  const untold = load.arrived > 0 ? `${countWords(load.arrived, noun)} in the window; how they travelled was not told` : null;
  const text = parts.length > 0 ? `Seen in the window: ${parts.join(", ")}` : (untold ?? `No ${noun} arrived in the window`);
  return [{ text, source: load.toldBy, observedAt: new Date(toMs).toISOString() }];
}

function callText({ transport, identity, address, tlsVersion }: CallFact): string {
  const from = address === null ? "" : ` from ${printable(address)}`;
  if (transport === "plaintext") return `Called in plaintext${from}, without a certificate`;
  const over = tlsVersion === null ? TRANSPORT_WORDS[transport] : printable(tlsVersion);
  return identity === null ? `Called over ${over}${from}, without a certificate` : `Called by ${printable(identity)} over ${over}${from}`;
}

function isEncrypted({ transport }: CallFact): boolean {
  return transport !== "plaintext";
}

function callEvidence(calls: EvidenceFacts["calls"]): Evidence[] {
  return calls
    .toSorted((a, b) => Number(isEncrypted(a)) - Number(isEncrypted(b)) || b.count - a.count || b.lastSeenMs - a.lastSeenMs)
    .slice(0, MOST_CALLERS)
    .map((call) => ({ text: callText(call), source: call.toldBy, observedAt: new Date(call.lastSeenMs).toISOString() }));
}

/** Proxies that say the same, in one sentence. */
function sayings<T extends { proxyId: string; toldBy: string }>(facts: readonly T[], of: (fact: T) => string): Evidence[] {
  return [...Map.groupBy(facts, (fact) => `${fact.toldBy}|${of(fact)}`).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const proxies = [...new Set(group.map(({ proxyId }) => proxyId))].toSorted();
    const text = `Set up so by ${listWords(proxies.map(printable))}: ${of(first)}`;
    return [{ text, source: first.toldBy, observedAt: null }];
  });
}

/** What an edge's posture rests on, each a sentence with its source; never empty for an edge that some source knows. */
export function evidenceOf(facts: EvidenceFacts): Evidence[] {
  const { source, target, dials, listeners, refusals, client, demand } = facts;
  const [caller, server] = [nodeName(source), nodeName(target)];
  const [refused] = refusals;
  const lastRefusedMs = refusals.reduce((last, { lastSeenMs }) => Math.max(last, lastSeenMs), 0);
  const declared: Evidence[] =
    dials.length > 0
      ? sayings(dials, ({ transport }) => `${caller} calls ${server} with ${TRANSPORT_WORDS[transport]}`)
      : isOnlySeen(facts)
        ? []
        : [{ text: `${caller} is set up to call ${server} with ${TRANSPORT_WORDS[client]}`, source: facts.declaredBy, observedAt: null }];
  return [
    ...loadEvidence(facts),
    ...callEvidence(facts.calls),
    ...(refused === undefined
      ? []
      : refusalSentences(refusals, demand).map((text) => ({
          text,
          source: refused.toldBy,
          observedAt: new Date(lastRefusedMs).toISOString(),
        }))),
    ...declared,
    ...sayings(listeners, ({ demand: own }) => `${server} takes ${DEMAND_WORDS[own]}`),
  ];
}

/** A caller that was seen or refused, and of whose configuration nothing is known: it must not be said to be set up. */
function isOnlySeen({ dials, client, calls, refusals, load }: EvidenceFacts): boolean {
  return dials.length === 0 && client === "unknown" && (calls.length > 0 || refusals.length > 0 || load !== null);
}
