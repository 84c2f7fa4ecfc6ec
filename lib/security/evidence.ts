import type { Evidence } from "#lib/model/security.ts";
import type { TransportSecurity } from "#lib/model/tls.ts";
import type { Protocol } from "#lib/model/ids.ts";
import type { DialFacts, ListenerFacts, ObservedCalls, RefusedConnections } from "#lib/model/security-facts.ts";

import type { EdgeLoad, Told } from "./facts.ts";
import { refusalSentences } from "./refusals.ts";
import { countWords, DEMAND_WORDS, listWords, TRANSPORT_WORDS, type Wording } from "./wording.ts";

/** Sentences of one kind on an edge; the table beside them holds the rest. */
const MOST_CALLERS = 3;

export interface EvidenceFacts {
  source: string;
  target: string;
  protocol: Protocol;
  load: EdgeLoad | null;
  /** Worst first. */
  calls: readonly Told<ObservedCalls>[];
  dials: readonly Told<DialFacts>[];
  refusals: readonly Told<RefusedConnections>[];
  /** What the topology says of the caller's side, and which source that is. */
  client: TransportSecurity;
  declaredBy: string;
  /** By source: when it last read how proxies are set up. */
  readAt: ReadonlyMap<string, string | null>;
  windowEnd: string;
  /** What was seen, and when the first call came that travelled like it. */
  observed: TransportSecurity;
  since: string | null;
}

function loadText({ arrived, transport }: EdgeLoad, protocol: Protocol): string {
  const noun = protocol === "tcp" ? "connection" : "request";
  const { mutual, oneWay, plaintext } = transport;
  const parts: string[] = [];
  if (plaintext > 0) parts.push(`${countWords(plaintext, noun)} in plaintext`);
  if (oneWay > 0) parts.push(`${countWords(oneWay, noun)} over one-way TLS`);
  if (mutual > 0) parts.push(`${countWords(mutual, noun)} over mutual TLS`);
  if (parts.length > 0) return `Seen in the window: ${parts.join(", ")}`;
  return arrived > 0 ? `${countWords(arrived, noun)} in the window; how they travelled was not told` : `No ${noun} arrived in the window`;
}

function callText({ transport, identity, address, tlsVersion }: ObservedCalls, words: Wording): string {
  const from = address === null ? "" : ` from ${words.plain(address)}`;
  if (transport === "plaintext") return `Called in plaintext${from}, without a certificate`;
  const over = tlsVersion === null ? TRANSPORT_WORDS[transport] : words.plain(tlsVersion);
  return identity === null ? `Called over ${over}${from}, without a certificate` : `Called by ${words.plain(identity)} over ${over}${from}`;
}

interface SayingFacts {
  words: Wording;
  readAt: EvidenceFacts["readAt"];
}

/** Proxies that say the same, in one sentence. */
function sayings<T extends { proxyId: string; toldBy: string }>(
  facts: readonly T[],
  { words, readAt }: SayingFacts,
  of: (fact: T) => string,
): Evidence[] {
  const groups = new Map<string, { text: string; source: string; proxies: string[] }>();
  for (const fact of facts) {
    const text = of(fact);
    const key = `${fact.toldBy}\n${text}`;
    const known = groups.get(key) ?? { text, source: fact.toldBy, proxies: [] };
    groups.set(key, known);
    const proxy = words.plain(fact.proxyId);
    if (!known.proxies.includes(proxy)) known.proxies.push(proxy);
  }
  return Array.from(groups.values(), ({ text, source, proxies }) => ({
    text: `Set up so by ${listWords(proxies.toSorted())}: ${text}`,
    source,
    observedAt: readAt.get(source) ?? null,
  }));
}

/** What the target's proxies say that they take. */
export function listenerEvidence(target: string, listeners: readonly Told<ListenerFacts>[], facts: SayingFacts): Evidence[] {
  return sayings(listeners, facts, ({ demand }) => `${facts.words.node(target)} takes ${DEMAND_WORDS[demand]}`);
}

function refusalEvidence({ refusals }: EvidenceFacts): Evidence[] {
  const [first] = refusals;
  if (first === undefined) return [];
  const observedAt = new Date(refusals.reduce((last, one) => Math.max(last, one.lastSeenMs), first.lastSeenMs)).toISOString();
  return refusalSentences(refusals).map((text) => ({ text, source: first.toldBy, observedAt }));
}

/** A caller that was seen or refused, and of whose configuration nothing is known, must not be said to be set up. */
function declaredEvidence(facts: EvidenceFacts, words: Wording): Evidence[] {
  const { dials, client, calls, refusals, load, readAt } = facts;
  const [caller, server] = [words.node(facts.source), words.node(facts.target)];
  if (dials.length > 0)
    return sayings(dials, { words, readAt }, ({ transport }) => `${caller} calls ${server} with ${TRANSPORT_WORDS[transport]}`);
  if (client === "unknown" && (calls.length > 0 || refusals.length > 0 || load !== null)) return [];
  const text = `${caller} is set up to call ${server} with ${TRANSPORT_WORDS[client]}`;
  return [{ text, source: facts.declaredBy, observedAt: readAt.get(facts.declaredBy) ?? null }];
}

const SEEN_WORDS: Record<TransportSecurity, string | null> = {
  mutual: "over mutual TLS",
  oneWay: "over one-way TLS",
  plaintext: "in plaintext",
  mixed: null,
  unknown: null,
};

/** Nobody remembers what came between the first such call and the last one. */
function firstSeenEvidence({ observed, since, calls }: EvidenceFacts): Evidence[] {
  const [how, source] = [SEEN_WORDS[observed], calls[0]?.toldBy];
  if (how === null || since === null || source === undefined) return [];
  return [{ text: `First seen ${how}; that it was so at all times since is not told`, source, observedAt: since }];
}

/** What an edge's posture rests on besides its target's listeners; never empty for an edge that some source knows. */
export function evidenceOf(facts: EvidenceFacts, words: Wording): Evidence[] {
  const evidence: Evidence[] = [];
  const { load, protocol, windowEnd } = facts;
  if (load !== null) evidence.push({ text: loadText(load, protocol), source: load.toldBy, observedAt: windowEnd });
  for (const call of facts.calls.slice(0, MOST_CALLERS)) {
    evidence.push({ text: callText(call, words), source: call.toldBy, observedAt: words.instant(call.lastSeenMs) });
  }
  evidence.push(...firstSeenEvidence(facts), ...refusalEvidence(facts), ...declaredEvidence(facts, words));
  return evidence;
}
