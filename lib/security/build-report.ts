import { parseNodeId } from "#lib/model/ids.ts";
import type { TimeWindow } from "#lib/model/red.ts";
import type { SecurityReport } from "#lib/model/security.ts";
import type { Topology } from "#lib/model/topology.ts";

import { buildAuthorization } from "./authorization-view.ts";
import { viewCertificates, viewEvents } from "./certificate-view.ts";
import type { EdgeLoad, SecurityPicture } from "./facts.ts";
import { sortRefusals, toRefusal } from "./refusals.ts";
import type { Steering } from "./steering.ts";
import { summarize, summarySentence } from "./summary.ts";
import { buildPostures } from "./tls-posture.ts";
import { buildWorkloads } from "./workload-posture.ts";

export interface ReportFacts {
  window: TimeWindow;
  topology: Topology;
  /** Id of the source that the declarations come from. */
  declaredBy: string;
  /** By source: when it last read how proxies are set up. */
  readAt: ReadonlyMap<string, string | null>;
  picture: SecurityPicture;
  loads: readonly EdgeLoad[];
  steering: Steering;
  /** Empty = all. An edge belongs to the namespaces of both its ends. */
  namespaces: readonly string[];
  nowMs: number;
}

function instantsOf({ fromMs, toMs }: TimeWindow): SecurityReport["window"] {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}

/** Who talks to whom, how, and with which right. Sentence and summary speak of the chosen namespaces only. */
export function buildReport(facts: ReportFacts): SecurityReport {
  const { window, topology, nowMs } = facts;
  // What was refused before the window is remembered by its source, and is no part of this answer.
  const picture = { ...facts.picture, refusals: facts.picture.refusals.filter(({ count }) => count > 0) };
  const namespaceOf = new Map(topology.services.map(({ id, namespace }) => [id, namespace]));
  const isInside = (id: string | null): boolean => {
    if (facts.namespaces.length === 0) return true;
    if (id === null) return false;
    const namespace = namespaceOf.get(id) ?? parseNodeId(id).namespace;
    return namespace !== null && facts.namespaces.includes(namespace);
  };
  const touches = ({ source, target }: { source: string | null; target: string }): boolean => isInside(source) || isInside(target);
  const all = buildPostures({
    picture,
    loads: facts.loads,
    declared: topology.declared,
    declaredBy: facts.declaredBy,
    readAt: facts.readAt,
    demands: new Map(topology.services.map(({ id, demand }) => [id, demand])),
    toMs: window.toMs,
  });
  const edges = all.filter(touches);
  const certificates = viewCertificates(picture.certificates, picture.events, nowMs).filter(({ nodeId }) => isInside(nodeId));
  const refusals = sortRefusals(picture.refusals).filter(touches).map(toRefusal);
  const headline = { edges, certificates, refusals, loads: new Map(facts.loads.map((load) => [load.id, load])) };
  return {
    window: instantsOf(window),
    callersWindow: picture.window === null ? null : instantsOf(picture.window),
    observedSince: picture.observedSinceMs === null ? null : new Date(picture.observedSinceMs).toISOString(),
    sentence: summarySentence(headline),
    summary: summarize(headline),
    edges,
    workloads: buildWorkloads({ services: topology.services, picture, edges: all, steering: facts.steering }).filter(({ id }) =>
      isInside(id),
    ),
    certificates,
    events: viewEvents(picture.events).filter(({ nodeId }) => isInside(nodeId)),
    refusals,
    authorization: buildAuthorization(picture.stages, picture.decisions).filter(({ id }) => isInside(id)),
  };
}
