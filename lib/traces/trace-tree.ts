import type { Span, SpanKind, Trace, TraceResource } from "#lib/model/trace.ts";

/** One span in its place in the tree. */
export interface SpanNode {
  /** Unique in the tree: the span's id, and `id/kind` where both halves of a call share one id. */
  readonly key: string;
  readonly span: Span;
  readonly resource: TraceResource;
  /** `null` = a root. */
  readonly parent: SpanNode | null;
  /** In order of start. */
  readonly children: readonly SpanNode[];
  /** 0 for a root. */
  readonly depth: number;
  /** It names a parent that is not here, and therefore stands as a root. */
  readonly isOrphan: boolean;
  /** That parent's id; `null` = it names none, or the one it names is here. */
  readonly missingParentId: string | null;
}

/** The spans of one trace, each below the one that caused it. */
export interface TraceTree {
  /** In order of start. */
  roots: readonly SpanNode[];
  /** Every span once, each before its children: the order of a waterfall. */
  nodes: readonly SpanNode[];
  /** What is odd about this trace, each as a sentence; empty = nothing. */
  notices: readonly string[];
}

interface Draft {
  key: string;
  span: Span;
  resource: TraceResource;
  parent: Draft | null;
  children: Draft[];
  depth: number;
  isOrphan: boolean;
  missingParentId: string | null;
}

/**
 * Which half of a call that shares one id stands above the other: the caller's. Tracers of the B3 family give both halves
 * one id ("shared spans"), OpenTelemetry never does.
 */
const HALVES: readonly SpanKind[] = ["client", "producer", "internal", "server", "consumer"];

const NOBODY: TraceResource = { service: "unknown_service", namespace: null, version: null, instance: null, attributes: [] };

/**
 * Puts the spans of a trace in their places. Whatever was sent, every span has exactly one place: one that names a
 * missing parent, or itself, is a root; a circle is cut above its earliest span; of spans with the same id and kind
 * the first is kept. Nothing recurses, so that depth costs no stack.
 */
export function buildTraceTree(trace: Pick<Trace, "spans" | "resources" | "omitted">): TraceTree {
  const notices = new Notices(trace.omitted);
  const byId = draftSpans(trace, notices);
  const drafts = [...byId.values()].flat().toSorted((a, b) => a.span.startMs - b.span.startMs);
  for (const draft of drafts) findParent(draft, byId, notices);
  cutCircles(drafts, notices);
  const roots = drafts.filter((draft) => draft.parent === null);
  for (const draft of drafts) draft.parent?.children.push(draft);
  const nodes = inOrder(roots);
  return { roots, nodes, notices: notices.sentences(roots.filter((root) => !root.isOrphan).length) };
}

/**
 * The span that stands for the whole trace: the earliest root that names no parent, else the earliest one. `null` only
 * for a trace without spans.
 */
export function mainRoot(tree: Pick<TraceTree, "roots">): SpanNode | null {
  return tree.roots.find((root) => !root.isOrphan) ?? tree.roots[0] ?? null;
}

/** When the span ended, milliseconds from the start of the trace. */
export function endMs(span: Pick<Span, "startMs" | "durationMs">): number {
  return span.startMs + span.durationMs;
}

function draftSpans({ spans, resources }: Pick<Trace, "spans" | "resources">, notices: Notices): Map<string, Draft[]> {
  const byId = new Map<string, Draft[]>();
  for (const span of spans) {
    const halves = byId.get(span.spanId);
    if (halves?.some((half) => half.span.kind === span.kind) === true) {
      notices.repeated++;
      continue;
    }
    const resource = resources[span.resource] ?? NOBODY;
    const draft = { key: span.spanId, span, resource, parent: null, children: [], depth: 0, isOrphan: false, missingParentId: null };
    if (halves === undefined) byId.set(span.spanId, [draft]);
    else halves.push(draft);
  }
  for (const halves of byId.values()) {
    if (halves.length === 1) continue;
    halves.sort((a, b) => HALVES.indexOf(a.span.kind) - HALVES.indexOf(b.span.kind));
    for (const half of halves) half.key = `${half.span.spanId}/${half.span.kind}`;
  }
  return byId;
}

/** The half that a child belongs to: the one of its own process, else the callee's, where work is done. */
function halfFor(child: Draft, halves: readonly Draft[]): Draft | null {
  return halves.findLast((half) => half.span.resource === child.span.resource) ?? halves.at(-1) ?? null;
}

function findParent(draft: Draft, byId: ReadonlyMap<string, Draft[]>, notices: Notices): void {
  const { spanId, parentId } = draft.span;
  const halves = byId.get(spanId) ?? [];
  const above = halves[halves.indexOf(draft) - 1];
  if (above !== undefined) draft.parent = above;
  else if (parentId === spanId) notices.selfParents++;
  else if (parentId !== null) {
    draft.parent = halfFor(draft, byId.get(parentId) ?? []);
    if (draft.parent !== null) return;
    draft.isOrphan = true;
    draft.missingParentId = parentId;
    notices.missing.add(parentId);
    notices.orphans++;
  }
}

/** Follows every chain of parents once; where it comes back to itself, the earliest span of the circle becomes a root. */
function cutCircles(drafts: readonly Draft[], notices: Notices): void {
  const walkOf = new Map<Draft, number>();
  for (const [walk, start] of drafts.entries()) {
    let at: Draft | null = start;
    while (at !== null && !walkOf.has(at)) {
      walkOf.set(at, walk);
      at = at.parent;
    }
    // Drafts come in order of start, so that the first one to reach a circle need not be in it; its earliest member is cut.
    if (at === null || walkOf.get(at) !== walk) continue;
    let earliest = at;
    for (let member = at.parent; member !== null && member !== at; member = member.parent) {
      if (member.span.startMs < earliest.span.startMs) earliest = member;
    }
    earliest.parent = null;
    notices.circles++;
  }
}

function inOrder(roots: readonly Draft[]): Draft[] {
  const nodes: Draft[] = [];
  const waiting = roots.toReversed();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    node.depth = node.parent === null ? 0 : node.parent.depth + 1;
    nodes.push(node);
    for (let index = node.children.length - 1; index >= 0; index--) {
      const child = node.children[index];
      if (child !== undefined) waiting.push(child);
    }
  }
  return nodes;
}

class Notices {
  repeated = 0;
  selfParents = 0;
  circles = 0;
  orphans = 0;
  readonly missing = new Set<string>();
  readonly #omitted: number;

  constructor(omitted: number) {
    this.#omitted = omitted;
  }

  sentences(beginnings: number): string[] {
    const { repeated, selfParents, circles, orphans, missing } = this;
    const said: string[] = [];
    if (this.#omitted > 0) said.push(`${spans(this.#omitted)} of this trace ${are(this.#omitted)} not loaded.`);
    if (orphans > 0) {
      said.push(
        `${spans(orphans)} ${orphans === 1 ? "names a parent" : "name parents"} that ${are(missing.size)} not here (${missing.size} missing); ${orphans === 1 ? "it stands" : "they stand"} at the top.`,
      );
    }
    if (beginnings > 1) said.push(`This trace has ${beginnings} beginnings; the earliest stands for it.`);
    if (circles > 0) {
      said.push(
        `${circles === 1 ? "Some spans name each other" : `${circles} groups of spans name each other`} as parents; the circle is cut above the earliest.`,
      );
    }
    if (selfParents > 0) said.push(`${spans(selfParents)} ${selfParents === 1 ? "names itself" : "name themselves"} as parent.`);
    if (repeated > 0) said.push(`${spans(repeated)} came more than once and ${are(repeated)} shown once.`);
    return said;
  }
}

function spans(count: number): string {
  return count === 1 ? "1 span" : `${count} spans`;
}

function are(count: number): string {
  return count === 1 ? "is" : "are";
}
