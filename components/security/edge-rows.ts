import { nameOfId } from "#components/map/model/names.ts";
import { matchesFind } from "#components/ui/table-sort.ts";
import { formatPercent } from "#lib/client/format.ts";
import type { ObservedFilter, SecurityState } from "#lib/client/security-search-params.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { CertificateView, ObservedCaller, PeerIdentity, TlsPosture } from "#lib/model/security.ts";

import { DECLARED_WORDS, DEMAND_WORDS } from "./security-words.ts";

/** Requests of the window whose transport was seen. */
export function seenOf({ observed }: Pick<TlsPosture, "observed">): number {
  return observed.mutual + observed.oneWay + observed.plaintext;
}

/** Whether any of it came in plaintext. */
export function hasPlaintext({ observed }: Pick<TlsPosture, "observed">): boolean {
  return observed.plaintext > 0 || observed.transport === "plaintext";
}

/** Whether one end stands outside the mesh. */
export function isBorder({ source, target }: Pick<TlsPosture, "source" | "target">): boolean {
  return parseNodeId(source).kind === "external" || parseNodeId(target).kind === "external";
}

/** Whether nothing came at all: no call, and no connection that was refused. What is declared is then all that is known. */
export function isSilent({ rate, observed, refusals }: Pick<TlsPosture, "rate" | "observed" | "refusals">): boolean {
  return rate === null && observed.transport === "unknown" && refusals.length === 0;
}

/** What a mark beside the words shows: a lock, an open one, a broken one, a question mark. */
export type TransportLook = "locked" | "open" | "broken" | "unknown";

export interface ObservedView {
  look: TransportLook;
  word: string;
  isAlarming: boolean;
}

/**
 * What was seen on an edge, in a mark and a word with its share. Nothing seen stays a question mark, whatever is declared;
 * only where the declarations let nothing pass the lock is broken.
 */
export function observedView(edge: TlsPosture): ObservedView {
  const { observed, declared } = edge;
  const seen = seenOf(edge);
  const share = (count: number) => (seen === 0 ? "" : ` ${formatPercent(count / seen)}`);
  switch (observed.transport) {
    case "mutual":
      return { look: "locked", word: `mTLS${share(observed.mutual)}`, isAlarming: false };
    case "oneWay":
      return { look: "locked", word: `TLS${share(observed.oneWay)}`, isAlarming: false };
    case "plaintext":
      return { look: "open", word: `plaintext${share(observed.plaintext)}`, isAlarming: true };
    case "mixed":
      if (observed.plaintext > 0) return { look: "open", word: `plaintext${share(observed.plaintext)}`, isAlarming: true };
      return { look: "locked", word: `mixed, mTLS${share(observed.mutual)}`, isAlarming: false };
    case "unknown":
      break;
  }
  if (declared.verdict === "broken") return { look: "broken", word: "nothing passes", isAlarming: true };
  return { look: "unknown", word: isSilent(edge) ? "no calls seen" : "not known", isAlarming: false };
}

/**
 * What needs a look first: plaintext, then what cannot pass or was refused, then what is not as declared, then calls of which
 * nobody knows how they came. Edges without calls stand last.
 */
export function edgeRank(edge: TlsPosture): number {
  if (hasPlaintext(edge)) return edge.observed.transport === "plaintext" ? 0 : 1;
  if (edge.declared.verdict === "broken") return 2;
  if (edge.refusals.length > 0) return 3;
  if (edge.agreement === "differs") return 4;
  if (edge.observed.transport === "unknown") return isSilent(edge) ? 8 : 5;
  return edge.observed.transport === "mutual" ? 7 : 6;
}

function matchesObserved(edge: TlsPosture, wanted: ObservedFilter | null): boolean {
  if (wanted === null) return true;
  if (wanted === "plaintext") return hasPlaintext(edge);
  if (wanted === "refused") return edge.refusals.length > 0;
  if (wanted === "silent") return isSilent(edge);
  if (wanted === "unknown") return edge.observed.transport === "unknown" && !isSilent(edge);
  return edge.observed.transport === wanted;
}

export type EdgeConditions = Pick<SecurityState, "observed" | "declared" | "place" | "differs">;

/** Everything of an edge that the find box looks at. */
export function edgeTexts(edge: TlsPosture): string[] {
  const identities = edge.callers.flatMap((caller) => [caller.identity?.uri ?? "", caller.address ?? ""]);
  const { declared } = edge;
  return [edge.source, edge.target, DECLARED_WORDS[declared.client], DEMAND_WORDS[declared.server], observedView(edge).word, ...identities];
}

export function matchesEdge(edge: TlsPosture, conditions: EdgeConditions, find: string): boolean {
  const { observed, declared, place, differs } = conditions;
  return (
    matchesObserved(edge, observed) &&
    (declared === null || edge.declared.server === declared) &&
    (place === null || isBorder(edge) === (place === "border")) &&
    (!differs || edge.agreement === "differs") &&
    matchesFind(find, edgeTexts(edge))
  );
}

function named({ source, target, id }: TlsPosture): string {
  return `${nameOfId(source)} ${nameOfId(target)} ${id}`;
}

/** The edges that meet the conditions, what needs a look first; equal ones by name, so that live numbers move no row. */
export function edgeRows(edges: readonly TlsPosture[], conditions: EdgeConditions, find: string): TlsPosture[] {
  return edges
    .filter((edge) => matchesEdge(edge, conditions, find))
    .toSorted((a, b) => edgeRank(a) - edgeRank(b) || named(a).localeCompare(named(b), "en"));
}

/** Identities that callers of this edge proved, each once. */
export function identitiesOf(callers: readonly ObservedCaller[]): PeerIdentity[] {
  const all = callers.map((caller) => caller.identity).filter((identity) => identity !== null);
  return [...new Map(all.map((identity) => [identity.uri, identity])).values()];
}

/** Why an edge has no identity to show, in a few words. */
export function noIdentityWords(edge: Pick<TlsPosture, "observed">): string {
  const { transport } = edge.observed;
  if (transport === "plaintext") return "none: no certificate";
  if (transport === "oneWay") return "none asked for";
  return transport === "unknown" ? "not known" : "not told";
}

/** The caller's certificate that ends at this instant; `undefined` = it is not in the report. */
export function endingCertificate(
  certificates: readonly CertificateView[],
  { source, callerExpiresAt }: Pick<TlsPosture, "source" | "callerExpiresAt">,
): CertificateView | undefined {
  if (callerExpiresAt === null) return undefined;
  return certificates.find((one) => one.nodeId === source && one.expiresAt === callerExpiresAt);
}

export interface PlaintextCaller {
  key: string;
  edge: TlsPosture;
  address: string | null;
  count: number;
  lastSeen: string | null;
  /** Of everything that was seen coming to the target; `null` = nothing was counted. */
  share: number | null;
}

/** Everyone who was seen to call in plaintext, most calls first. Where calls were counted and nobody named, the edge stands for them. */
export function plaintextCallers(edges: readonly TlsPosture[]): PlaintextCaller[] {
  const seenAt = new Map<string, number>();
  for (const edge of edges) seenAt.set(edge.target, (seenAt.get(edge.target) ?? 0) + seenOf(edge));
  return edges
    .filter(hasPlaintext)
    .flatMap((edge) => {
      const { observed, callers } = edge;
      const named = callers.filter((caller) => caller.transport === "plaintext");
      const told = named.length > 0 ? named : [{ address: null, count: observed.plaintext, lastSeen: observed.lastSeen }];
      const all = seenAt.get(edge.target) ?? 0;
      return told.map(({ address, count, lastSeen }) => ({
        key: `${edge.id} ${address ?? ""}`,
        edge,
        address,
        count,
        lastSeen,
        // Callers are counted by the callee's records, edges by its requests: the two may be a moment apart.
        share: all === 0 ? null : Math.min(1, count / all),
      }));
    })
    .toSorted((a, b) => b.count - a.count || a.key.localeCompare(b.key, "en"));
}
