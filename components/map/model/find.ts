import type { HealthStatus, MeshEdge, MeshNode } from "#lib/model/graph.ts";
import type { TransportSecurity } from "#lib/model/tls.ts";

import { hasPlaintext } from "./names.ts";
import { isBroken } from "./transport.ts";

/**
 * What a reader may type into the find box: words separated by blanks, all of which must hold. A bare word is part of a
 * name; `key:value` asks for a property (several values by comma mean any of them); a leading `-` turns it round.
 */
export interface FindTerm {
  isNegated: boolean;
  key: FindKey | null;
  values: string[];
}

export const FIND_KEYS = ["namespace", "status", "mtls", "version", "protocol", "kind"] as const;
export type FindKey = (typeof FIND_KEYS)[number];

export interface FindQuery {
  terms: FindTerm[];
  /** Sentences about words that cannot be understood; such words are not applied. */
  problems: string[];
}

const STATUSES: readonly HealthStatus[] = ["healthy", "degraded", "failing", "unknown"];
/** What `mtls:` takes: how an edge was seen to travel, and what its lock says of it. */
const TRANSPORTS: readonly (TransportSecurity | "broken" | "refused")[] = [
  "mutual",
  "oneWay",
  "plaintext",
  "mixed",
  "unknown",
  "broken",
  "refused",
];
/** Properties of edges: what has one lights both its ends. */
const EDGE_KEYS: readonly (FindKey | null)[] = ["mtls", "protocol"];
const MOST_TERMS = 20;

export function parseFind(text: string): FindQuery {
  const query: FindQuery = { terms: [], problems: [] };
  const words = text
    .trim()
    .split(/\s+/u)
    .filter((word) => word !== "" && word !== "-");
  for (const word of words.slice(0, MOST_TERMS)) {
    const isNegated = word.startsWith("-");
    const body = isNegated ? word.slice(1) : word;
    const colon = body.indexOf(":");
    if (colon < 0) {
      query.terms.push({ isNegated, key: null, values: [body.toLowerCase()] });
      continue;
    }
    const key = FIND_KEYS.find((candidate) => candidate === body.slice(0, colon).toLowerCase());
    const values = body
      .slice(colon + 1)
      .toLowerCase()
      .split(",")
      .filter((value) => value !== "");
    const problem = problemOf(body.slice(0, colon), key, values);
    if (problem !== null) query.problems.push(problem);
    else if (key !== undefined && values.length > 0) query.terms.push({ isNegated, key, values });
  }
  if (words.length > MOST_TERMS) query.problems.push(`Only the first ${MOST_TERMS} words are looked at.`);
  return query;
}

function problemOf(name: string, key: FindKey | undefined, values: readonly string[]): string | null {
  if (key === undefined) return `"${name}:" is not known; there are ${FIND_KEYS.map((each) => `${each}:`).join(", ")}.`;
  const allowed: readonly string[] | null = key === "status" ? STATUSES : key === "mtls" ? TRANSPORTS : null;
  const odd = allowed === null ? undefined : values.find((value) => !allowed.some((each) => each.toLowerCase() === value));
  return odd === undefined || allowed === null ? null : `"${key}:${odd}" is not known; there are ${allowed.join(", ")}.`;
}

/** Whether the query asks for anything. */
export function isFinding(query: FindQuery): boolean {
  return query.terms.length > 0;
}

/** Whether it asks for what edges have, so that their ends belong to the answer. */
export function seeksEdges(query: FindQuery): boolean {
  return query.terms.some((term) => EDGE_KEYS.includes(term.key));
}

export function matchesNode(query: FindQuery, node: MeshNode): boolean {
  return query.terms.every((term) => term.values.some((value) => nodeHolds(node, term.key, value)) !== term.isNegated);
}

/** An edge is found by its own properties, or by a name or namespace of either end. */
export function matchesEdge(query: FindQuery, edge: MeshEdge, source: MeshNode | undefined, target: MeshNode | undefined): boolean {
  return query.terms.every((term) => term.values.some((value) => edgeHolds(edge, source, target, term.key, value)) !== term.isNegated);
}

function nodeHolds(node: MeshNode, key: FindKey | null, value: string): boolean {
  switch (key) {
    case null:
      return node.service.toLowerCase().includes(value);
    case "namespace":
      return node.namespace?.toLowerCase() === value;
    case "status":
      return node.health.status === value;
    case "mtls":
      return node.tls.toLowerCase() === value;
    case "version":
      return node.versions.some((each) => each.version.toLowerCase() === value);
    case "kind":
      return node.kind === value;
    case "protocol":
      return false;
    default:
      return key satisfies never;
  }
}

function edgeHolds(
  edge: MeshEdge,
  source: MeshNode | undefined,
  target: MeshNode | undefined,
  key: FindKey | null,
  value: string,
): boolean {
  switch (key) {
    case "status":
      return edge.health.status === value;
    case "mtls":
      return transportHolds(edge, value);
    case "protocol":
      return edge.protocol === value;
    case "version":
      return edge.versions.some((each) => each.version?.toLowerCase() === value);
    default:
      return [source, target].some((node) => node !== undefined && nodeHolds(node, key, value));
  }
}

/** `plaintext` finds every edge on which any was seen: whoever asks for it must not miss a mixed one. */
function transportHolds({ tls }: MeshEdge, value: string): boolean {
  switch (value) {
    case "plaintext":
      return hasPlaintext(tls.observed);
    case "broken":
      return isBroken(tls);
    case "refused":
      return tls.refused !== null && tls.refused > 0;
    default:
      return tls.observed.toLowerCase() === value;
  }
}
