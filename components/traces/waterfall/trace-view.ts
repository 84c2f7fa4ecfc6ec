import type { Trace } from "#lib/model/trace.ts";
import type { TraceStatistics } from "#lib/traces/trace-statistics.ts";
import type { TraceTree } from "#lib/traces/trace-tree.ts";

import type { Findable } from "./find-matches.ts";
import type { MinimapSpan } from "./minimap-geometry.ts";
import type { FoldNode } from "./rows.ts";
import type { TimeRange } from "./zoom.ts";

/** What a span's glyphs say. */
export type SpanMark = "error" | "cancelled" | "retry";

/** A span as the page draws it. Spans stand in one list: each before its descendants, siblings by start. */
export interface SpanNode extends FoldNode, Findable, MinimapSpan {
  /** 1-based place among its siblings, and how many they are. */
  readonly place: number;
  readonly siblings: number;
  /** How far its clock was moved, milliseconds; 0 = shown as it was told. */
  readonly shiftMs: number;
  /** Time in which none of its children ran. */
  readonly ownMs: number;
  readonly marks: readonly SpanMark[];
  /** Stretches of the critical path inside it, from and to in milliseconds. */
  readonly critical: readonly (readonly [number, number])[];
  /** It names a parent that is not here. */
  readonly isOrphan: boolean;
  /** Its place among equal calls of one parent, one after the other; `null` = there is no such row. */
  readonly inRow: { readonly nth: number; readonly of: number } | null;
}

/** Where a caller stopped waiting. */
export interface LimitLine {
  /** Index of the span that was given up. */
  readonly index: number;
  readonly atMs: number;
  readonly word: string;
}

/** Everything that the page shows of one trace, worked out once. */
export interface TraceView {
  readonly trace: Trace;
  readonly nodes: readonly SpanNode[];
  /** Index by key. */
  readonly indexOf: ReadonlyMap<string, number>;
  readonly whole: TimeRange;
  /** The page's title. */
  readonly headline: string;
  readonly services: number;
  readonly errors: number;
  /** Marks that some span has. */
  readonly marks: ReadonlySet<SpanMark>;
  /** The service with most of the critical path, and its share; `null` = there is no path. */
  readonly lead: { readonly service: string; readonly share: number } | null;
  /** What the caller of the whole trace got; `null` = the trace has no spans. */
  readonly verdict: { readonly tone: "ok" | "warn" | "fail" | "unk"; readonly words: string } | null;
  readonly limits: readonly LimitLine[];
  /** What is odd about the trace, each as a sentence: missing parents, circles, repeated spans, spans that are not loaded. */
  readonly oddities: readonly string[];
  /** Clocks that are wrong, each as a sentence; also where the reader turned the correction off. */
  readonly clocks: readonly string[];
  readonly statistics: TraceStatistics;
  /** The tree behind the list, as the comparison wants it. */
  readonly tree: TraceTree;
}

const FIRST_COLOUR = "var(--svc-1)";
const COLOURS: Readonly<Record<number, string>> = {
  1: FIRST_COLOUR,
  2: "var(--svc-2)",
  3: "var(--svc-3)",
  4: "var(--svc-4)",
  5: "var(--svc-5)",
  6: "var(--svc-6)",
  7: "var(--svc-7)",
  8: "var(--svc-8)",
};

/** The token of a service's colour. */
export function colourToken(colour: number): string {
  return COLOURS[colour] ?? FIRST_COLOUR;
}

/** Key of the span that an address names, by its key or by its id alone; `null` = it is not here. */
export function keyOfSpan(view: Pick<TraceView, "nodes" | "indexOf">, named: string | null): string | null {
  if (named === null) return null;
  if (view.indexOf.has(named)) return named;
  return view.nodes.find((node) => node.span.spanId === named)?.key ?? null;
}

/** A service with its version, as it stands in front of an operation. */
export function serviceWords({ resource }: Pick<SpanNode, "resource">): string {
  return resource.version === null || resource.version === "" ? resource.service : `${resource.service} ${resource.version}`;
}
