import type { Difference, Differences } from "#lib/model/trace.ts";

/** By what a selection was made, as far as that alone puts values into it. `null` = by no version, by no result. */
export interface SelectedBy {
  /** `service: null` = a version of whichever service. */
  version: { service: string | null; version: string } | null;
  status: "ok" | "error" | null;
}

/** Properties that only say again how the selection was made, and those that tell something. Both keep their order. */
export interface SplitDifferences {
  telling: Difference[];
  implied: Difference[];
}

/** What names a version's own processes: another version has other ones, whatever it does. */
const IDENTITY: ReadonlySet<string> = new Set([
  "version",
  "service.version",
  "service.instance.id",
  "node_id",
  "host.name",
  "k8s.pod.name",
  "k8s.pod.uid",
  "container.id",
  "process.pid",
]);

/** What names the processes at the other end: callers of a version name its own. */
const PEER: ReadonlySet<string> = new Set(["peer.address", "network.peer.address", "upstream_address"]);

/** How a failure is told. */
const RESULT: ReadonlySet<string> = new Set([
  "error",
  "status",
  "http.status_code",
  "http.response.status_code",
  "rpc.grpc.status_code",
  "grpc.status_code",
  "response_flags",
]);

/**
 * Sets aside what follows from the selection itself. By a version: addresses of processes, and of that service whatever
 * names its processes or has no value on both sides; but a version that always fails is a finding. By a result: how
 * results are told.
 */
export function splitImplied({ items }: Pick<Differences, "items">, { version, status }: SelectedBy): SplitDifferences {
  const services = version === null ? new Set<string>() : servicesOf(version, items);
  const split: SplitDifferences = { telling: [], implied: [] };
  for (const item of items) {
    const isImplied = (version !== null && namesVersion(item, services)) || (status !== null && RESULT.has(item.key));
    split[isImplied ? "implied" : "telling"].push(item);
  }
  return split;
}

/** Whose version it is: the named service's, else every one's that has this version among the selection. */
function servicesOf({ service, version }: { service: string | null; version: string }, items: readonly Difference[]): Set<string> {
  if (service !== null) return new Set([service]);
  const having = items.filter(({ key, values }) => key === "version" && values.some((one) => one.value === version && one.inSelection > 0));
  return new Set(having.flatMap((item) => (item.service === null ? [] : [item.service])));
}

function namesVersion(item: Difference, services: ReadonlySet<string>): boolean {
  if (PEER.has(item.key)) return true;
  if (item.service === null || !services.has(item.service)) return false;
  return IDENTITY.has(item.key) || (isApart(item) && !RESULT.has(item.key));
}

/** Each side has values, and none of them is met on the other. */
function isApart({ values }: Difference): boolean {
  const isMet = { selection: false, rest: false };
  for (const { inSelection, inRest } of values) {
    if (inSelection > 0 && inRest > 0) return false;
    isMet.selection ||= inSelection > 0;
    isMet.rest ||= inRest > 0;
  }
  return isMet.selection && isMet.rest;
}
