import type { Span, Trace } from "#lib/model/trace.ts";
import { correctClocks, findClockSkew } from "#lib/traces/clock-skew.ts";
import { criticalTimes, findCriticalPath, type CriticalTimes } from "#lib/traces/critical-path.ts";
import { findSequences } from "#lib/traces/find-sequences.ts";
import { isConsequence } from "#lib/traces/flag-words.ts";
import { headline } from "#lib/traces/headline.ts";
import { selfTimeMs } from "#lib/traces/self-time.ts";
import { serviceColour } from "#lib/traces/service-colour.ts";
import { grpcStatusOf, httpStatusOf, responseFlagsOf, retryOf } from "#lib/traces/span-facts.ts";
import { traceStatistics, type TraceStatistics } from "#lib/traces/trace-statistics.ts";
import { buildTraceTree, endMs, mainRoot, type TraceTree } from "#lib/traces/trace-tree.ts";

import type { LimitLine, SpanMark, SpanNode, TraceView } from "./trace-view.ts";
import { wholeRange } from "./zoom.ts";

const HTTP_CLIENT_CLOSED = 499;
const GRPC_CANCELLED = 1;
const GRPC_DEADLINE = 4;

/** Flags of calls that were ended because a time was up. */
const TIME_UP: ReadonlySet<string> = new Set(["UT", "UMSDR", "DT"]);

/** Works out everything that the page shows. `isCorrected`: with clocks that cannot be right put right. */
export function buildTraceView(trace: Trace, isCorrected: boolean): TraceView {
  const told = buildTraceTree(trace);
  const skew = findClockSkew(told);
  const isMoved = isCorrected && skew.shiftMs.size > 0;
  const shown = isMoved ? correctClocks(trace, told, skew) : trace;
  const tree = isMoved ? buildTraceTree(shown) : told;
  const path = findCriticalPath(tree);
  const times = criticalTimes(tree, path);
  const statistics = traceStatistics(tree, times);
  const nodes = listNodes(tree, {
    criticalOf: segmentsByKey(path),
    inRowOf: placesInRows(tree, times),
    shiftOf: isMoved ? skew.shiftMs : new Map<string, number>(),
  });
  return {
    trace: shown,
    nodes,
    indexOf: new Map(nodes.map((node, index) => [node.key, index])),
    whole: wholeRange(0, shown.durationMs),
    headline: headline(tree, times),
    services: statistics.services.length,
    errors: nodes.filter((node) => node.isError).length,
    marks: new Set(nodes.flatMap((node) => node.marks)),
    lead: leadOf(statistics),
    verdict: verdictOf(tree),
    limits: limitLines(nodes, shown.durationMs),
    oddities: tree.notices,
    clocks: skew.notices,
    statistics,
    tree,
  };
}

interface NodeFacts {
  criticalOf: ReadonlyMap<string, (readonly [number, number])[]>;
  inRowOf: ReadonlyMap<string, { nth: number; of: number }>;
  shiftOf: ReadonlyMap<string, number>;
}

const NOT_CRITICAL: readonly (readonly [number, number])[] = [];

function listNodes(tree: TraceTree, { criticalOf, inRowOf, shiftOf }: NodeFacts): SpanNode[] {
  const indexOf = new Map(tree.nodes.map((node, index) => [node, index]));
  const parents = tree.nodes.map((node) => (node.parent === null ? -1 : (indexOf.get(node.parent) ?? -1)));
  const sizes = descendantCounts(parents);
  const places = siblingPlaces(tree);
  return tree.nodes.map((node, index) => ({
    key: node.key,
    depth: node.depth,
    parent: parents[index] ?? -1,
    size: sizes[index] ?? 0,
    place: places.get(node) ?? 1,
    siblings: node.parent === null ? tree.roots.length : node.parent.children.length,
    span: node.span,
    resource: node.resource,
    startMs: node.span.startMs,
    endMs: endMs(node.span),
    shiftMs: shiftOf.get(node.key) ?? 0,
    ownMs: selfTimeMs(node),
    colour: serviceColour(node.resource.service),
    isError: node.span.isError,
    marks: marksOf(node.span),
    critical: criticalOf.get(node.key) ?? NOT_CRITICAL,
    isOrphan: node.isOrphan,
    inRow: inRowOf.get(node.key) ?? null,
  }));
}

function siblingPlaces(tree: TraceTree): Map<TraceTree["nodes"][number], number> {
  const places = new Map<TraceTree["nodes"][number], number>();
  const number = (siblings: TraceTree["roots"]): void => siblings.forEach((node, at) => places.set(node, at + 1));
  number(tree.roots);
  for (const node of tree.nodes) number(node.children);
  return places;
}

/** Parents stand before their children, so that one walk from the end adds everything up. */
function descendantCounts(parents: readonly number[]): number[] {
  const sizes = parents.map(() => 0);
  for (let index = parents.length - 1; index >= 0; index -= 1) {
    const parent = parents[index] ?? -1;
    if (parent >= 0) sizes[parent] = (sizes[parent] ?? 0) + (sizes[index] ?? 0) + 1;
  }
  return sizes;
}

function segmentsByKey(path: ReturnType<typeof findCriticalPath>): Map<string, (readonly [number, number])[]> {
  const byKey = new Map<string, (readonly [number, number])[]>();
  for (const { key, fromMs, toMs } of path) {
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [[fromMs, toMs]]);
    else known.push([fromMs, toMs]);
  }
  return byKey;
}

function placesInRows(tree: TraceTree, times: CriticalTimes): Map<string, { nth: number; of: number }> {
  return new Map(
    findSequences(tree, times).flatMap(({ keys, count }) => keys.map((key, at) => [key, { nth: at + 1, of: count }] as const)),
  );
}

/** What a span's glyphs say. One that only ended because its caller left did not fail by itself. */
export function marksOf(span: Span): SpanMark[] {
  const isCancelled =
    isConsequence(responseFlagsOf(span)) || httpStatusOf(span) === HTTP_CLIENT_CLOSED || grpcStatusOf(span) === GRPC_CANCELLED;
  const marks: SpanMark[] = [];
  if (retryOf(span) !== null) marks.push("retry");
  if (isCancelled) marks.push("cancelled");
  else if (span.isError) marks.push("error");
  return marks;
}

function leadOf({ services }: TraceStatistics): TraceView["lead"] {
  const [top] = services.toSorted((a, b) => (b.criticalShare ?? 0) - (a.criticalShare ?? 0));
  if (top === undefined || top.criticalShare === null || top.criticalShare === 0) return null;
  return { service: top.service, share: top.criticalShare };
}

/** What whoever asked got in the end, by the answer that the first span saw. */
function verdictOf(tree: TraceTree): TraceView["verdict"] {
  const root = mainRoot(tree);
  if (root === null) return null;
  if (root.isOrphan) return { tone: "unk", words: "the beginning was not received" };
  const http = httpStatusOf(root.span);
  const grpc = grpcStatusOf(root.span);
  if (http !== null) {
    const tone = root.span.isError || http >= 500 ? "fail" : http >= 400 ? "warn" : "ok";
    return { tone, words: `user got ${http}` };
  }
  if (grpc !== null) return { tone: grpc === 0 ? "ok" : "fail", words: `user got gRPC ${grpc}` };
  if (root.span.isError) return { tone: "fail", words: "failed for the user" };
  return root.span.status === "ok" ? { tone: "ok", words: "went well for the user" } : { tone: "unk", words: "no status was told" };
}

/** Lines nearer than this share of the trace stand for one event: a caller and its proxy end together. */
const SAME_LINE = 0.02;
const MOST_LINES = 3;

function limitLines(nodes: readonly SpanNode[], durationMs: number): LimitLine[] {
  const lines: LimitLine[] = [];
  for (const [index, node] of nodes.entries()) {
    if (!isTimeUp(node.span) || lines.length >= MOST_LINES) continue;
    if (lines.some((line) => Math.abs(line.atMs - node.endMs) <= durationMs * SAME_LINE)) continue;
    lines.push({ index, atMs: node.endMs, word: "timeout" });
  }
  return lines;
}

function isTimeUp(span: Span): boolean {
  return grpcStatusOf(span) === GRPC_DEADLINE || responseFlagsOf(span).some((flag) => TIME_UP.has(flag));
}
