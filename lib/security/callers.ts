import type { ObservedCaller } from "#lib/model/security.ts";
import type { ObservedCalls } from "#lib/model/security-facts.ts";

import type { IdentityReader } from "./peer-identity.ts";
import type { Wording } from "./wording.ts";

const TRANSPORT_ORDER = { plaintext: 0, oneWay: 1, mutual: 2 } as const;

/** What makes two calls the same caller. The identity is last: it alone is written by somebody else. */
function keyOf({ transport, address, tlsVersion, identity }: ObservedCalls): string {
  return `${transport}\n${address ?? ""}\n${tlsVersion ?? ""}\n${identity ?? ""}`;
}

/** Plaintext before all others, then the most frequent, then the latest. */
function compareCalls(a: ObservedCalls, b: ObservedCalls): number {
  return (
    TRANSPORT_ORDER[a.transport] - TRANSPORT_ORDER[b.transport] ||
    b.count - a.count ||
    b.lastSeenMs - a.lastSeenMs ||
    (keyOf(a) < keyOf(b) ? -1 : 1)
  );
}

/** The callers of one edge, worst first; one that is told in parts is one. */
export function joinCalls<T extends ObservedCalls>(calls: readonly T[]): readonly T[] {
  const [first, second] = calls;
  if (first === undefined || second === undefined) return calls;
  // Most edges have one caller, or one that differs from the other at first sight.
  if (calls.length === 2 && first.transport !== second.transport) return calls.toSorted(compareCalls);
  const joined = new Map<string, T>();
  for (const call of calls) {
    const key = keyOf(call);
    const known = joined.get(key);
    if (known === undefined) {
      joined.set(key, call);
      continue;
    }
    joined.set(key, {
      ...known,
      count: known.count + call.count,
      firstSeenMs: Math.min(known.firstSeenMs, call.firstSeenMs),
      lastSeenMs: Math.max(known.lastSeenMs, call.lastSeenMs),
    });
  }
  return [...joined.values()].toSorted(compareCalls);
}

/** A caller as it is shown. */
export function toCaller(call: ObservedCalls, identityOf: IdentityReader, words: Wording): ObservedCaller {
  return {
    identity: identityOf(call.identity),
    address: call.address,
    transport: call.transport,
    tlsVersion: call.tlsVersion,
    count: call.count,
    firstSeen: words.instant(call.firstSeenMs),
    lastSeen: words.instant(call.lastSeenMs),
  };
}
