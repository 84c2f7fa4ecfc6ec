import type { HealthStatus, MeshEdge, MeshGraph, MeshNode } from "#lib/model/graph.ts";
import { INTERNET_ID } from "#lib/model/ids.ts";
import type { Protocol } from "#lib/model/ids.ts";
import type { EdgeTls, TransportSecurity } from "#lib/model/tls.ts";

import { isFinding, matchesEdge, matchesNode } from "./find.ts";
import type { FindQuery } from "./find.ts";
import { nameOfId, nodeName } from "./names.ts";

/** A node of the map as a row of its table twin. */
export interface NodeRow {
  id: string;
  name: string;
  namespace: string | null;
  kind: MeshNode["kind"];
  /** `null` for callers outside the mesh, who are not judged. */
  status: HealthStatus | null;
  rate: number | null;
  errorRatio: number | null;
  p95Ms: number | null;
  versions: MeshNode["versions"];
  proxies: MeshNode["proxies"];
  transport: TransportSecurity;
}

/** An edge of the map as a row of its table twin. */
export interface EdgeRow {
  id: string;
  source: string;
  target: string;
  protocol: Protocol;
  status: HealthStatus;
  rate: number | null;
  errorRatio: number | null;
  p95Ms: number | null;
  tls: EdgeTls;
}

/** The rows that the find text leaves: the map dims what is not found, the tables leave it out. */
export function nodeRows(graph: MeshGraph, find: FindQuery): NodeRow[] {
  return graph.nodes
    .filter((node) => !isFinding(find) || matchesNode(find, node))
    .map((node) => ({
      id: node.id,
      name: nodeName(node),
      namespace: node.namespace,
      kind: node.kind,
      status: node.id === INTERNET_ID ? null : node.health.status,
      rate: node.red.rate,
      errorRatio: node.red.errorRatio,
      p95Ms: node.red.p95Ms,
      versions: node.versions,
      proxies: node.proxies,
      transport: node.tls,
    }));
}

export function edgeRows(graph: MeshGraph, find: FindQuery): EdgeRow[] {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  return graph.edges
    .filter((edge) => !isFinding(find) || matchesEdge(find, edge, byId.get(edge.source), byId.get(edge.target)))
    .map(edgeRow);
}

function edgeRow(edge: MeshEdge): EdgeRow {
  return {
    id: edge.id,
    source: nameOfId(edge.source),
    target: nameOfId(edge.target),
    protocol: edge.protocol,
    status: edge.health.status,
    rate: edge.red.rate,
    errorRatio: edge.red.errorRatio,
    p95Ms: edge.red.p95Ms,
    tls: edge.tls,
  };
}
