import type { Notice, Sourced } from "#lib/model/evidence.ts";
import type { TimeWindow } from "#lib/model/red.ts";
import type { DemandObject } from "#lib/ports/demand-target.ts";
import type { SecurityFacts } from "#lib/model/security-facts.ts";
import { edgeLoads } from "#lib/security/edge-loads.ts";
import type { EdgeLoad, SecurityPicture } from "#lib/security/facts.ts";
import { joinFacts } from "#lib/security/join-facts.ts";
import type { Steering } from "#lib/security/steering.ts";

import type { CallContext } from "./context.ts";
import { NO_SOURCE } from "./get-graph.ts";
import { failedEvidence, joinEvidence } from "./join-evidence.ts";

/** Said when nothing is configured that could tell who calls. */
export const NO_SECURITY_SOURCE: Notice = {
  level: "warning",
  code: "no-security-source",
  text: "No source tells who calls: callers, certificates, refused connections and rights are missing",
  source: null,
  mend: "Start Weft with a directory of proxies: ./weft up --proxies DIR",
};

const NOT_CONFIGURED = "No place is configured where it is written what workloads demand";
const NOT_WRITTEN = "What it demands is written nowhere that Weft may write to";

/** What every security source knows, joined. A source that fails costs its part and a notice, not the answer. */
export async function readSecurity(
  context: CallContext,
  window: { fromMs: number | null; toMs: number },
): Promise<Sourced<SecurityPicture>> {
  const { security } = context.sources;
  const answers = await Promise.all(security.map(async (source) => ({ source, answer: await source.security(window, context.signal) })));
  const told: { id: string; facts: SecurityFacts }[] = [];
  for (const { source, answer } of answers) if (answer.ok) told.push({ id: source.id, facts: answer.value.value });
  const evidence = joinEvidence(
    ...answers.map(({ source, answer }) => (answer.ok ? answer.value : failedEvidence(source.id, answer.error))),
    ...(security.length === 0 ? [{ provenance: [], notices: [NO_SECURITY_SOURCE], coverage: "partial" as const }] : []),
  );
  return { value: joinFacts(told), ...evidence };
}

/** Where the demands of workloads are written, and why those that are not found there cannot be steered. */
export async function readSteering(context: CallContext): Promise<Sourced<Steering>> {
  const { demands } = context.sources;
  const answers = await Promise.all(demands.map(async (target) => ({ target, answer: await target.objects(context.signal) })));
  const objects: DemandObject[] = [];
  for (const { answer } of answers) if (answer.ok) objects.push(...answer.value.value);
  const failed = answers.flatMap(({ answer }) => (answer.ok ? [] : [answer.error.message]));
  const evidence = joinEvidence(
    ...answers.map(({ target, answer }) => (answer.ok ? answer.value : failedEvidence(target.id, answer.error))),
  );
  return {
    value: {
      places: Map.groupBy(objects, ({ workload }) => workload),
      missing: demands.length === 0 ? NOT_CONFIGURED : (failed[0] ?? NOT_WRITTEN),
    },
    ...evidence,
  };
}

/** The map's edges of a window, with the window that the numbers really cover. Without numbers there are none, and a notice. */
export async function readLoads(context: CallContext, asked: TimeWindow): Promise<Sourced<{ window: TimeWindow; loads: EdgeLoad[] }>> {
  const { metrics } = context.sources;
  const nothing = { window: asked, loads: [] };
  if (metrics === null) return { value: nothing, provenance: [], notices: [NO_SOURCE], coverage: "partial" };
  const answer = await metrics.traffic(asked, undefined, context.signal);
  if (!answer.ok) return { value: nothing, ...failedEvidence(metrics.id, answer.error) };
  const { window, windows, rows } = answer.value.value;
  const loads = edgeLoads(
    rows.map(({ key, ...told }) => ({ ...key, ...told })),
    { window, windows },
  );
  return { ...answer.value, value: { window, loads } };
}
