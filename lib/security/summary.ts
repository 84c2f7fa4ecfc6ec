import type { CertificateView, Refusal, SecuritySummary, TlsPosture } from "#lib/model/security.ts";

import { countRefused } from "./refusals.ts";
import { countWords, durationWords, listWords, nodeName } from "./wording.ts";

/** How many edges travel how. `refused` counts connections, those of callers whom nobody could name among them. */
export function summarize(
  edges: readonly TlsPosture[],
  certificates: readonly CertificateView[],
  refusals: readonly Refusal[],
): SecuritySummary {
  const travelling = { mutual: 0, oneWay: 0, plaintext: 0, mixed: 0, unknown: 0 };
  let [broken, differs] = [0, 0];
  for (const { observed, declared, agreement } of edges) {
    travelling[observed.transport]++;
    if (declared.verdict === "broken") broken++;
    if (agreement === "differs") differs++;
  }
  const ends = certificates.flatMap(({ status, expiresAt }) => (status === "soon" && expiresAt !== null ? [expiresAt] : []));
  return {
    edges: edges.length,
    ...travelling,
    broken,
    refused: countRefused(refusals),
    differs,
    certificates: {
      expired: certificates.filter(({ status }) => status === "expired").length,
      soon: ends.length,
      soonestExpiry: ends.toSorted((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null,
    },
  };
}

/** Whether anything of the edge was seen in the window: calls, or connections that were refused. */
function wasSeen({ rate, observed, refusals }: TlsPosture): boolean {
  return rate !== null || observed.transport !== "unknown" || refusals.length > 0;
}

function edgeWords({ source, target, observed }: TlsPosture): string {
  return `${nodeName(source)} calls ${nodeName(target)} ${observed.transport === "mixed" ? "partly " : ""}in plaintext`;
}

function shareClause(edges: readonly TlsPosture[]): string {
  const seen = edges.filter(wasSeen);
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

function refusedClause(refusals: readonly Refusal[]): string[] {
  const count = refusals.reduce((sum, one) => sum + one.count, 0);
  if (count === 0) return [];
  const callers = [
    ...new Set(refusals.filter((one) => one.count > 0).map(({ source }) => (source === null ? "an unknown caller" : nodeName(source)))),
  ];
  return [`${countWords(count, "connection")} of ${listWords(callers.toSorted())} refused`];
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
export function summarySentence(
  edges: readonly TlsPosture[],
  certificates: readonly CertificateView[],
  refusals: readonly Refusal[],
): string {
  const oneWay = edges.filter(({ observed }) => observed.transport === "oneWay" || (observed.oneWay > 0 && observed.plaintext === 0));
  const differs = edges.filter(({ agreement }) => agreement === "differs").length;
  const unknown = edges.filter((edge) => edge.observed.transport === "unknown" && edge.refusals.length === 0 && wasSeen(edge)).length;
  const silent = edges.filter((edge) => !wasSeen(edge)).length;
  const notYet = certificates.filter(({ status }) => status === "notYet").length;
  const clauses = [
    shareClause(edges),
    ...expiredClause(certificates),
    ...brokenClause(edges),
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
