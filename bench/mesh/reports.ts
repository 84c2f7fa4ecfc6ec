import type { Report } from "./labels.ts";
import type { Flow, Workload } from "./model.ts";
import type { Outcome } from "./outcomes.ts";

/** Whose series hold the requests of an outcome: every reporter on the way, each once. */
export function requestReports(flow: Flow, outcome: Outcome): Report[] {
  if (flow.protocol === "tcp") return [];
  const workload = flow.target.workload ?? null;
  const told = proxyReports(flow, outcome);
  if (workload?.isAmbient !== true) return told;
  // In ambient mode only a waypoint reads requests on the way in.
  const bySource = told.filter(({ reporter }) => reporter === "source");
  if (!workload.hasWaypoint || outcome.lost !== null) return bySource;
  return [...bySource, { reporter: "waypoint", source: flow.source, destination: workload, isTunnel: false }];
}

/** Whose series hold its connections: those of TCP, and the tunnels of ambient mode whatever they carry. */
export function connectionReports(flow: Flow, outcome: Outcome): Report[] {
  const { source, target } = flow;
  const workload = target.workload ?? null;
  if (workload === null && source?.isAmbient === true) return [{ reporter: "source", source, destination: null, isTunnel: true }];
  const byProxies = flow.protocol === "tcp" ? proxyReports(flow, outcome) : [];
  if (workload?.isAmbient !== true) return byProxies;
  const bySource = byProxies.filter(({ reporter }) => reporter === "source");
  if (outcome.lost !== null) return bySource;
  if (!workload.hasWaypoint) return [...bySource, ...tunnel(source, workload)];
  const waypoint = waypointOf(workload);
  const byWaypoint: Report[] = flow.protocol === "tcp" ? [{ reporter: "waypoint", source, destination: workload, isTunnel: false }] : [];
  return [...bySource, ...byWaypoint, ...tunnel(source, waypoint), ...tunnel(waypoint, workload)];
}

/** A caller in a sidecar dials the tunnel itself, and only the far end tells of the connection as such. */
function tunnel(source: Workload | null, destination: Workload): Report[] {
  const reporters = source?.isAmbient === true ? (["source", "destination"] as const) : (["destination"] as const);
  return reporters.map((reporter) => ({ reporter, source, destination, isTunnel: true }));
}

function proxyReports({ source, target }: Flow, { lost }: Outcome): Report[] {
  const destination = target.workload ?? null;
  const bySource: Report[] =
    source === null || source.isAmbient
      ? []
      : [{ reporter: "source", source, destination: lost === "host" ? null : destination, isTunnel: false }];
  if (destination === null || destination.isSilent || lost !== null) return bySource;
  return [...bySource, { reporter: "destination", source, destination, isTunnel: false }];
}

function waypointOf({ namespace }: Workload): Workload {
  return { service: "waypoint", name: "waypoint", namespace, version: "latest", isAmbient: true, hasWaypoint: false, isSilent: false };
}
