import { ok, type Result } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { SecurityReport } from "#lib/model/security.ts";
import { buildReport } from "#lib/security/build-report.ts";

import type { CallContext } from "./context.ts";
import { joinEvidence } from "./join-evidence.ts";
import { readLoads, readSecurity, readSteering } from "./read-security.ts";
import { readTopology } from "./read-topology.ts";
import { liveWindow } from "./window.ts";

export interface GetSecurityInput {
  windowMs: number;
  namespaces: readonly string[];
}

/**
 * Who talks to whom, how, and with which right. Counts of transport are the map's of the same window. Errors: none in
 * normal life; a source that fails or is not configured is a notice.
 */
export async function getSecurity(context: CallContext, input: GetSecurityInput): Promise<Result<Sourced<SecurityReport>>> {
  const [topology, steering, loads] = await Promise.all([
    readTopology(context),
    readSteering(context),
    readLoads(context, liveWindow(context.clock, input.windowMs)),
  ]);
  const { window } = loads.value;
  const picture = await readSecurity(context, window);
  const value = buildReport({
    window,
    topology: topology.value,
    declaredBy: topology.provenance[0]?.source ?? "topology",
    readAt: new Map([...topology.provenance, ...picture.provenance].map(({ source, observedAt }) => [source, observedAt])),
    picture: picture.value,
    loads: loads.value.loads,
    steering: steering.value,
    namespaces: input.namespaces,
    nowMs: context.clock.nowMs(),
  });
  return ok({ value, ...joinEvidence(loads, picture, topology, steering) });
}
