import { parseNodeId } from "#lib/model/ids.ts";
import type { PeerIdentity } from "#lib/model/security.ts";
import type { ServerDemand, TransportSecurity } from "#lib/model/tls.ts";
import { printable } from "#lib/routing/printable.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY_MS = 24 * HOUR;

/** A stretch of time in one unit, as people say it: `40 s`, `14 min`, `3 h`, `11 d`. Never longer than it is. */
export function durationWords(ms: number): string {
  const length = Math.max(0, ms);
  if (length < MINUTE) return `${Math.floor(length / SECOND)} s`;
  if (length < 2 * HOUR) return `${Math.floor(length / MINUTE)} min`;
  if (length < 2 * DAY_MS) return `${Math.floor(length / HOUR)} h`;
  return `${Math.floor(length / DAY_MS)} d`;
}

const THOUSANDS = new Intl.NumberFormat("en");

/** `1 request`, `1,240 requests`. */
export function countWords(count: number, noun: string, plural = `${noun}s`): string {
  return `${count < 1_000 ? count : THOUSANDS.format(count)} ${count === 1 ? noun : plural}`;
}

/** `a`, `a and b`, `a, b and 3 more`: the first few of a list. */
export function listWords(names: readonly string[], most = 3): string {
  const shown = names.slice(0, names.length === most + 1 ? most + 1 : most);
  const rest = names.length - shown.length;
  const parts = rest > 0 ? [...shown, `${rest} more`] : shown;
  const last = parts.at(-1) ?? "";
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`;
}

/** What a node is called in a sentence. */
export function nodeName(id: string): string {
  return printable(parseNodeId(id).service);
}

/** The whole id of a node, where two of one name must be told apart. Peers without a namespace are called by their name. */
export function nodePath(id: string): string {
  const { namespace, service } = parseNodeId(id);
  return printable(namespace === null ? service : `${namespace}/${service}`);
}

/** The words of one answer: a name that stands on many edges is made safe once. */
export interface Wording {
  /** As `nodeName`. */
  node(id: string): string;
  /** Any foreign text, safe to stand in a sentence. */
  plain(text: string): string;
  /** Epoch milliseconds as an instant. */
  instant(ms: number): string;
}

function once<T>(make: (from: T) => string): (from: T) => string {
  const made = new Map<T, string>();
  return (from) => {
    const known = made.get(from);
    if (known !== undefined) return known;
    const fresh = make(from);
    made.set(from, fresh);
    return fresh;
  };
}

/** Words that remember what they made, for as long as one answer is built. */
export function createWording(): Wording {
  return { node: once(nodeName), plain: once(printable), instant: once((ms: number) => new Date(ms).toISOString()) };
}

/** An identity as it can stand in a sentence. */
export function identityName(identity: PeerIdentity | null): string {
  return identity === null ? "no certificate" : printable(identity.uri);
}

export const TRANSPORT_WORDS: Record<TransportSecurity, string> = {
  mutual: "mutual TLS",
  oneWay: "one-way TLS",
  plaintext: "plaintext",
  mixed: "mutual TLS here and something else there",
  unknown: "a transport that is not known",
};

/** What a server demands, as the end of "it takes …". */
export const DEMAND_WORDS: Record<ServerDemand, string> = {
  strict: "mutual TLS only",
  permissive: "mutual TLS, and plaintext as well",
  oneWay: "TLS without asking for a certificate",
  off: "plaintext only",
  unknown: "what it does not tell",
};
