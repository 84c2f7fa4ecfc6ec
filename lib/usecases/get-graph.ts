import type { Notice, Sourced } from "#lib/model/evidence.ts";
import { mapSourced } from "#lib/model/evidence.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { MeshGraph } from "#lib/model/graph.ts";
import type { TimeWindow } from "#lib/model/red.ts";
import type { Topology } from "#lib/model/topology.ts";
import { buildGraph, filterGraph } from "#lib/graph/build-graph.ts";
import type { GraphRefusal } from "#lib/graph/refused-edge.ts";

import { asOfNow, otherWindow, saidToBeUnkept, withoutPresentState } from "./as-of-now.ts";
import type { CallContext } from "./context.ts";
import { joinEvidence } from "./join-evidence.ts";
import { readTopology } from "./read-topology.ts";
import { isPast, liveWindow } from "./window.ts";

const SPARK_POINTS = 30;

/** The ways to give Weft numbers. */
export const WITH_A_SOURCE =
  "Start Weft with what tells of traffic: ./weft up --proxies DIR for proxies, --config weft.yaml for metrics, --otlp-http 4318 for spans";

/** Said when nothing is configured that could give numbers. */
export const NO_SOURCE: Notice = {
  level: "error",
  code: "no-source",
  text: "No source of metrics is configured, so there is nothing to draw",
  source: null,
  mend: WITH_A_SOURCE,
};

export interface GetGraphInput {
  windowMs: number;
  /** End of the window, epoch milliseconds; left out, or not come yet = now. */
  atMs?: number | undefined;
  namespaces: readonly string[];
}

/** Refused connections of a window: those of one pair from the first source that knows them. `null` = no source tells. */
function readRefusals({ sources }: CallContext, window: TimeWindow): GraphRefusal[] | null {
  if (sources.security.length === 0) return null;
  const tellers = new Map<string, string>();
  const told: GraphRefusal[] = [];
  for (const source of sources.security) {
    for (const refusal of source.refusals(window)) {
      const pair = `${refusal.source ?? ""}|${refusal.target}`;
      if (!tellers.has(pair)) tellers.set(pair, source.id);
      if (tellers.get(pair) === source.id) told.push({ ...refusal, toldBy: source.id });
    }
  }
  return told;
}

/** What is known of who exists. Beside traffic of the past, what proxies say of themselves now would be shown as if it were of then. */
async function topologyFor(context: CallContext, isOfPast: boolean): Promise<Sourced<Topology>> {
  const topology = await readTopology(context);
  return isOfPast ? mapSourced(topology, withoutPresentState) : topology;
}

/** The mesh graph of a window. A past one comes with the notice `as-of-now`. Errors: none in normal life; a source that fails is a notice. */
export async function getGraph(context: CallContext, input: GetGraphInput): Promise<Result<Sourced<MeshGraph>>> {
  const asked: TimeWindow = liveWindow(context.clock, input.windowMs, input.atMs);
  const isOfPast = isPast(context.clock, input.atMs);
  const { metrics } = context.sources;
  if (metrics === null) {
    const topology = await topologyFor(context, isOfPast);
    const empty = buildGraph({
      window: asked,
      topology: topology.value,
      rows: [],
      sparks: { stepMs: input.windowMs / SPARK_POINTS, isReported: [], rows: [] },
      sources: [],
      refusals: readRefusals(context, asked),
    });
    return ok({ ...topology, value: filterGraph(empty, input.namespaces), coverage: "partial", notices: [...topology.notices, NO_SOURCE] });
  }
  const traffic = await metrics.traffic(asked, undefined, context.signal);
  if (!traffic.ok) return traffic;
  // A store knows who exists by the traffic that it told last: by this one.
  const topology = await topologyFor(context, isOfPast);
  const sparks = await metrics.countSteps(asked, SPARK_POINTS, context.signal);
  if (!sparks.ok) return sparks;
  const graph = buildGraph({
    window: traffic.value.value.window,
    windows: traffic.value.value.windows,
    topology: topology.value,
    rows: traffic.value.value.rows.map(({ key, ...told }) => ({ ...key, ...told })),
    sparks: {
      stepMs: sparks.value.value.stepMs,
      isReported: sparks.value.value.isReported,
      rows: sparks.value.value.rows,
    },
    sources: traffic.value.value.sources,
    refusals: readRefusals(context, traffic.value.value.window),
  });
  const { notices } = traffic.value;
  const covered = isOfPast && graph.edges.length > 0 ? otherWindow(asked, traffic.value.value.window) : null;
  // A store that fails costs both its traffic and its topology, for one reason.
  const evidence = joinEvidence(traffic.value, topology);
  return ok({
    value: filterGraph(saidToBeUnkept(graph, notices), input.namespaces),
    ...evidence,
    notices: [...evidence.notices, ...(covered === null ? [] : [covered]), ...(isOfPast ? [asOfNow(asked)] : [])],
  });
}
