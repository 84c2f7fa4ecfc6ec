import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { WhatIf, WhatIfScope } from "#lib/model/security.ts";
import { judgeWhatIf } from "#lib/security/what-if.ts";

import type { CallContext } from "./context.ts";
import { joinEvidence } from "./join-evidence.ts";
import { readLoads, readSecurity, readSteering } from "./read-security.ts";
import { readTopology } from "./read-topology.ts";
import { liveWindow } from "./window.ts";

/** As far back as numbers of traffic are kept. */
const LONGEST_WINDOW_MS = 3_600_000;

/**
 * Who would be refused if the workloads of a scope took mutual TLS only, from everything that is remembered of their
 * callers. Errors: NOT_FOUND for a scope without a workload.
 */
export async function getWhatIf(context: CallContext, scope: WhatIfScope): Promise<Result<Sourced<WhatIf>>> {
  const window = liveWindow(context.clock, LONGEST_WINDOW_MS);
  const [topology, steering, loads, picture] = await Promise.all([
    readTopology(context),
    readSteering(context),
    readLoads(context, window),
    readSecurity(context, { fromMs: null, toMs: window.toMs }),
  ]);
  const evidence = joinEvidence(picture, loads, topology, steering);
  const value = judgeWhatIf({
    scope,
    services: topology.value.services,
    declared: topology.value.declared,
    picture: picture.value,
    loads: loads.value.loads,
    steering: steering.value,
    isComplete: picture.coverage === "complete",
    nowMs: context.clock.nowMs(),
  });
  if (value !== null) return ok({ value, ...evidence });
  const what = scope.kind === "mesh" ? "No workload is known" : `There is no workload in ${scope.kind} ${scope.id ?? ""}`;
  const text = scope.kind === "workload" ? `There is no workload ${scope.id ?? ""}` : what;
  return err(new WeftError("NOT_FOUND", text, { field: "scope", mend: "Choose a workload or a namespace from the Security page" }));
}
