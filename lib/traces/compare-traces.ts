import { mainRoot, type SpanNode, type TraceTree } from "./trace-tree.ts";
import { durationWords, nameWords, timesWords } from "./words.ts";

/** One span of each trace that stand for the same step. */
export interface SpanPair {
  here: SpanNode;
  there: SpanNode;
  /** Duration here less duration there: positive = slower here. */
  deltaMs: number;
}

/** All spans of one service and operation, in both traces. */
export interface OperationPair {
  service: string;
  operation: string;
  /** Whether the spans are the callee's side of calls. */
  isCall: boolean;
  countHere: number;
  countThere: number;
  totalHereMs: number;
  totalThereMs: number;
  /** Total here less total there. */
  deltaMs: number;
}

/** What sets one trace apart from another. */
export interface TraceComparison {
  pairs: SpanPair[];
  /** Spans that only this trace has; each with everything below it. */
  added: SpanNode[];
  /** Spans that only the other trace has; each with everything below it. */
  lost: SpanNode[];
  /** By size of the difference in total time, largest first. Operations that are alike in number and time are in it too. */
  operations: OperationPair[];
  /** Duration of the main root here less there. */
  deltaMs: number;
  /** The most telling difference in one sentence. */
  summary: string;
}

/**
 * Lays two traces over each other by structure: the main roots belong together whatever they are called; below a pair, the
 * k-th child of a service, operation and kind here belongs to the k-th one there, by start. Versions do not part spans:
 * that is how two versions are compared. What finds no partner was added or lost, with all below it.
 */
export function compareTraces(here: TraceTree, there: TraceTree): TraceComparison {
  const pairs: SpanPair[] = [];
  const added: SpanNode[] = [];
  const lost: SpanNode[] = [];
  const [rootHere, rootThere] = [mainRoot(here), mainRoot(there)];
  const waiting: [SpanNode, SpanNode][] = [];
  const match = (a: readonly SpanNode[], b: readonly SpanNode[]): void => {
    const matched = matchSiblings(a, b);
    waiting.push(...matched.pairs.toReversed());
    addWithDescendants(added, matched.onlyA);
    addWithDescendants(lost, matched.onlyB);
  };
  match(without(here.roots, rootHere), without(there.roots, rootThere));
  if (rootHere !== null && rootThere !== null) waiting.push([rootHere, rootThere]);
  else
    addWithDescendants(
      rootHere === null ? lost : added,
      [rootHere ?? rootThere].filter((root) => root !== null),
    );
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [a, b] = next;
    pairs.push({ here: a, there: b, deltaMs: a.span.durationMs - b.span.durationMs });
    match(a.children, b.children);
  }
  const operations = pairOperations(here, there);
  const deltaMs = (rootHere?.span.durationMs ?? 0) - (rootThere?.span.durationMs ?? 0);
  return { pairs, added, lost, operations, deltaMs, summary: summarize(operations, deltaMs) };
}

function without(roots: readonly SpanNode[], main: SpanNode | null): SpanNode[] {
  return roots.filter((root) => root !== main);
}

function stepKey({ resource, span }: SpanNode): string {
  return JSON.stringify([resource.namespace, resource.service, span.name, span.kind]);
}

function matchSiblings(a: readonly SpanNode[], b: readonly SpanNode[]) {
  const waiting = Map.groupBy(b, stepKey);
  const pairs: [SpanNode, SpanNode][] = [];
  const onlyA: SpanNode[] = [];
  const taken = new Map<string, number>();
  for (const node of a) {
    const key = stepKey(node);
    const k = taken.get(key) ?? 0;
    taken.set(key, k + 1);
    const partner = waiting.get(key)?.[k];
    if (partner === undefined) onlyA.push(node);
    else pairs.push([node, partner]);
  }
  const onlyB = [...waiting].flatMap(([key, nodes]) => nodes.slice(taken.get(key) ?? 0));
  return { pairs, onlyA, onlyB };
}

function addWithDescendants(list: SpanNode[], tops: readonly SpanNode[]): void {
  const waiting = tops.toReversed();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    list.push(node);
    for (const child of node.children.toReversed()) waiting.push(child);
  }
}

function pairOperations(here: TraceTree, there: TraceTree): OperationPair[] {
  const operations = new Map<string, OperationPair>();
  const of = (node: SpanNode): OperationPair => {
    const { service } = node.resource;
    const isCall = node.span.kind === "server" || node.span.kind === "consumer";
    const fresh: OperationPair = {
      service,
      operation: node.span.name,
      isCall,
      countHere: 0,
      countThere: 0,
      totalHereMs: 0,
      totalThereMs: 0,
      deltaMs: 0,
    };
    const key = stepKey(node);
    const known = operations.get(key) ?? fresh;
    operations.set(key, known);
    return known;
  };
  for (const node of here.nodes) {
    const operation = of(node);
    operation.countHere++;
    operation.totalHereMs += node.span.durationMs;
  }
  for (const node of there.nodes) {
    const operation = of(node);
    operation.countThere++;
    operation.totalThereMs += node.span.durationMs;
  }
  for (const operation of operations.values()) operation.deltaMs = operation.totalHereMs - operation.totalThereMs;
  return [...operations]
    .toSorted(([x, a], [y, b]) => Math.abs(b.deltaMs) - Math.abs(a.deltaMs) || (x < y ? -1 : Number(x > y)))
    .map(([, operation]) => operation);
}

/** A difference of durations below both of these is how any two requests differ. */
const LEAST_MS = 1;
const LEAST_SHARE = 0.1;

/** Calls that happened more or less often say more than time does; the callee's side says it in the fewest words. */
function summarize(operations: readonly OperationPair[], deltaMs: number): string {
  const counted = operations.filter(({ countHere, countThere }) => countHere !== countThere);
  const recounted = counted.find(({ isCall }) => isCall) ?? counted[0];
  const total = deltaMs === 0 ? "" : ` In all this trace took ${durationWords(Math.abs(deltaMs))} ${deltaMs > 0 ? "more" : "less"}.`;
  if (recounted !== undefined) {
    const { countHere, countThere, totalHereMs, totalThereMs } = recounted;
    const verb = recounted.isCall ? "is called" : "happens";
    const times = `${timesWords(countHere)} here, ${timesWords(countThere)} there`;
    const spent = `${durationWords(totalHereMs)} here, ${durationWords(totalThereMs)} there`;
    return `${operationWords(recounted)} ${verb} ${times}: ${spent}.${total}`;
  }
  const [changed] = operations;
  if (changed === undefined || !isTelling(changed)) return `Both traces have the same calls and take about as long.${total}`;
  const { deltaMs: own, totalHereMs, totalThereMs } = changed;
  return `Both traces have the same calls; ${operationWords(changed)} takes ${durationWords(totalHereMs)} here, ${durationWords(totalThereMs)} there (${own > 0 ? "+" : "\u2212"}${durationWords(Math.abs(own))}).`;
}

function operationWords({ service, operation }: OperationPair): string {
  return `${nameWords(service)} ${nameWords(operation)}`;
}

function isTelling({ deltaMs, totalHereMs, totalThereMs }: OperationPair): boolean {
  return Math.abs(deltaMs) >= LEAST_MS && Math.abs(deltaMs) >= LEAST_SHARE * Math.max(totalHereMs, totalThereMs);
}
