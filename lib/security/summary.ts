import type { CertificateView, Refusal, SecuritySummary, TlsPosture } from "#lib/model/security.ts";

import type { EdgeLoad } from "./facts.ts";
import { countRefused } from "./refusals.ts";
import { countWords, durationWords, listWords, nodeName } from "./wording.ts";

/** What the headline is made of. */
export interface SummaryFacts {
  edges: readonly TlsPosture[];
  certificates: readonly CertificateView[];
  refusals: readonly Refusal[];
  /** The map's edges of the window, by id. */
  loads: ReadonlyMap<string, EdgeLoad>;
}

/** Whether connections were refused on the edge, and nothing that passed was seen. */
function isRefusedOnly({ observed, refusals }: TlsPosture): boolean {
  return observed.transport === "unknown" && countRefused(refusals) > 0;
}

/** Requests whose transport nobody told are part of the whole: they are not known to be safe. */
function mutualRequestShare({ edges, loads }: SummaryFacts): number | null {
  let [mutual, all] = [0, 0];
  for (const { id, protocol, observed } of edges) {
    if (protocol === "tcp") continue;
    mutual += observed.mutual;
    all += Math.max(loads.get(id)?.arrived ?? 0, observed.mutual + observed.oneWay + observed.plaintext);
  }
  return all === 0 ? null : mutual / all;
}

/**
 * How many edges travel how. `refused` counts connections, those of callers whom nobody could name among them. An edge on
 * which nothing but refusals was seen is broken, not unknown.
 */
export function summarize(facts: SummaryFacts): SecuritySummary {
  const { edges, certificates, refusals } = facts;
  const travelling = { mutual: 0, oneWay: 0, plaintext: 0, mixed: 0, unknown: 0 };
  let [broken, differs] = [0, 0];
  for (const edge of edges) {
    const isRefused = isRefusedOnly(edge);
    if (!isRefused) travelling[edge.observed.transport]++;
    if (isRefused || edge.declared.verdict === "broken") broken++;
    if (edge.agreement === "differs") differs++;
  }
  const ends = certificates.flatMap(({ status, expiresAt }) => (status === "soon" && expiresAt !== null ? [expiresAt] : []));
  return {
    edges: edges.length,
    ...travelling,
    broken,
    refused: countRefused(refusals),
    differs,
    mutualRequestShare: mutualRequestShare(facts),
    certificates: {
      expired: certificates.filter(({ status }) => status === "expired").length,
      soon: ends.length,
      soonestExpiry: ends.toSorted((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null,
    },
  };
}

/** Whether anything of the edge was seen in the window: calls, by whomever they are told, or connections that were refused. */
function wasSeen({ id, callers, observed, refusals }: TlsPosture, { loads }: SummaryFacts): boolean {
  return loads.has(id) || observed.transport !== "unknown" || callers.some(({ count }) => count > 0) || countRefused(refusals) > 0;
}

function edgeWords({ source, target, observed }: TlsPosture): string {
  return `${nodeName(source)} calls ${nodeName(target)} ${observed.transport === "mixed" ? "partly " : ""}in plaintext`;
}

function shareClause(facts: SummaryFacts): string {
  const { edges } = facts;
  const seen = edges.filter((edge) => wasSeen(edge, facts));
  if (seen.length === 0) return edges.length === 0 ? "No edge is known" : "Nothing was seen of any edge in this window";
  const mutual = seen.filter(({ observed }) => observed.transport === "mutual").length;
  const all = countWords(seen.length, "edge");
  if (mutual === seen.length) return seen.length === 1 ? "The one edge is mutual TLS" : `All ${all} mutual TLS`;
  return `${mutual === 0 ? "None" : mutual.toLocaleString("en")} of ${all} mutual TLS`;
}

function expiredClause(certificates: readonly CertificateView[]): string[] {
  const expired = certificates.filter(({ status }) => status === "expired");
  if (expired.length === 0) return [];
  const holders = [...new Set(expired.map(({ nodeId }) => nodeName(nodeId)))].toSorted();
  return [`${countWords(expired.length, "certificate")} of ${listWords(holders)} expired`];
}

function brokenClause(edges: readonly TlsPosture[]): string[] {
  const broken = edges.filter(({ declared }) => declared.verdict === "broken");
  if (broken.length === 0) return [];
  const names = broken.map(({ source, target }) => `${nodeName(source)} to ${nodeName(target)}`);
  return [`${countWords(broken.length, "edge")} cannot work as set up: ${listWords(names)}`];
}

/** One total, as everywhere; where a caller refused its server it is said, for nobody turned that caller away. */
function refusedClause(refusals: readonly Refusal[]): string[] {
  const count = countRefused(refusals);
  if (count === 0) return [];
  const told = refusals.filter((one) => one.count > 0);
  const callers = namesOf(told.map(({ source }) => source));
  const whole = countWords(count, "connection");
  const own = told.filter(({ witness }) => witness === "caller");
  if (own.length === 0) return [`${whole} of ${callers} refused`];
  const servers = namesOf(own.map(({ target }) => target));
  if (own.length === told.length) return [`${whole} to ${servers} refused by ${callers}`];
  const refusing = namesOf(own.map(({ source }) => source));
  return [
    `${whole} of ${callers} refused, ${countRefused(own).toLocaleString("en")} of them by ${refusing}, who did not accept ${servers}`,
  ];
}

function namesOf(ids: readonly (string | null)[]): string {
  return listWords([...new Set(ids.map((id) => (id === null ? "an unknown caller" : nodeName(id))))].toSorted());
}

function plaintextClause(edges: readonly TlsPosture[]): string[] {
  const plain = edges.filter(({ observed }) => observed.plaintext > 0);
  if (plain.length <= 2) return plain.map(edgeWords);
  const names = [...new Set(plain.map(({ source }) => nodeName(source)))];
  return [`${countWords(plain.length, "edge")} in plaintext, called by ${listWords(names)}`];
}

function expiringClause(certificates: readonly CertificateView[]): string[] {
  const soon = certificates.filter(({ status }) => status === "soon");
  const left = soon.map(({ leftMs }) => leftMs ?? 0);
  if (soon.length === 0) return [];
  const first = durationWords(Math.min(...left));
  return [
    soon.length === 1
      ? `1 certificate expires in ${first}`
      : `${countWords(soon.length, "certificate")} expire soon, the first in ${first}`,
  ];
}

/**
 * Everything in one sentence for a tired person: how many of the edges that were seen are mutual TLS, then what is wrong,
 * worst first. What was not seen is said to be unknown; it is part of no good number.
 */
export function summarySentence(facts: SummaryFacts): string {
  const { edges, certificates, refusals } = facts;
  const oneWay = edges.filter(({ observed }) => observed.transport === "oneWay" || (observed.oneWay > 0 && observed.plaintext === 0));
  const differs = edges.filter(({ agreement }) => agreement === "differs").length;
  const refused = edges.filter(isRefusedOnly).length;
  const unknown = edges.filter((edge) => edge.observed.transport === "unknown" && !isRefusedOnly(edge) && wasSeen(edge, facts)).length;
  const silent = edges.filter((edge) => !wasSeen(edge, facts)).length;
  const notYet = certificates.filter(({ status }) => status === "notYet").length;
  const clauses = [
    shareClause(facts),
    ...expiredClause(certificates),
    ...brokenClause(edges),
    ...(refused === 0 ? [] : [`${countWords(refused, "edge")} refused`]),
    ...refusedClause(refusals),
    ...plaintextClause(edges),
    ...expiringClause(certificates),
    ...(notYet === 0 ? [] : [`${countWords(notYet, "certificate")} not valid yet`]),
    ...(differs === 0 ? [] : [`${countWords(differs, "edge")} otherwise than set up`]),
    ...(unknown === 0 ? [] : [`${countWords(unknown, "edge")} unknown`]),
    ...(oneWay.length === 0 ? [] : [`${countWords(oneWay.length, "edge")} one-way TLS`]),
    ...(silent === 0 ? [] : [`${countWords(silent, "edge")} set up but without calls`]),
  ];
  return clauses.join("; ");
}
