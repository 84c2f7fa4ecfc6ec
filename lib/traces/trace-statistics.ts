import { criticalTimes, type CriticalTimes } from "./critical-path.ts";
import { selfTimeMs } from "./self-time.ts";
import type { SpanNode, TraceTree } from "./trace-tree.ts";

/** Numbers of a group of spans. Durations are milliseconds; quantiles are durations that really occurred (nearest rank). */
export interface SpanStatistics {
  service: string;
  namespace: string | null;
  /** `null` = all operations of the service. */
  operation: string | null;
  count: number;
  /** Sum of durations; spans that ran at once count each, so that it may exceed the trace's duration. */
  totalMs: number;
  selfMs: number;
  errors: number;
  p50Ms: number;
  p95Ms: number;
  maxMs: number;
  /** Own part of the critical path, 0 to 1; `null` = the trace has none, because it took no time. */
  criticalShare: number | null;
}

export interface TraceStatistics {
  /** By own time, most first. */
  services: SpanStatistics[];
  operations: SpanStatistics[];
}

/** What each service, and each operation of each service, took of a trace. */
export function traceStatistics(tree: TraceTree, times: CriticalTimes = criticalTimes(tree)): TraceStatistics {
  const services = new Map<string, Group>();
  const operations = new Map<string, Group>();
  for (const node of tree.nodes) {
    const { service, namespace } = node.resource;
    const selfMs = selfTimeMs(node);
    const criticalMs = times.ownMs.get(node.key) ?? 0;
    groupOf(services, [namespace, service, null], node).add(node, selfMs, criticalMs);
    groupOf(operations, [namespace, service, node.span.name], node).add(node, selfMs, criticalMs);
  }
  const listed = (groups: Map<string, Group>): SpanStatistics[] =>
    [...groups.values()]
      .map((group) => group.statistics(times.totalMs))
      .toSorted((a, b) => b.selfMs - a.selfMs || compare(a.service, b.service) || compare(a.operation ?? "", b.operation ?? ""));
  return { services: listed(services), operations: listed(operations) };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function groupOf(groups: Map<string, Group>, parts: [string | null, string, string | null], node: SpanNode): Group {
  const key = JSON.stringify(parts);
  const known = groups.get(key);
  if (known !== undefined) return known;
  const group = new Group(node, parts[2]);
  groups.set(key, group);
  return group;
}

class Group {
  readonly #service: string;
  readonly #namespace: string | null;
  readonly #operation: string | null;
  readonly #durations: number[] = [];
  #totalMs = 0;
  #selfMs = 0;
  #criticalMs = 0;
  #errors = 0;

  constructor({ resource }: SpanNode, operation: string | null) {
    this.#service = resource.service;
    this.#namespace = resource.namespace;
    this.#operation = operation;
  }

  add({ span }: SpanNode, selfMs: number, criticalMs: number): void {
    this.#durations.push(span.durationMs);
    this.#totalMs += span.durationMs;
    this.#selfMs += selfMs;
    this.#criticalMs += criticalMs;
    if (span.isError) this.#errors++;
  }

  statistics(pathMs: number): SpanStatistics {
    const sorted = this.#durations.toSorted((a, b) => a - b);
    const quantile = (q: number): number => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
    return {
      service: this.#service,
      namespace: this.#namespace,
      operation: this.#operation,
      count: sorted.length,
      totalMs: this.#totalMs,
      selfMs: this.#selfMs,
      errors: this.#errors,
      p50Ms: quantile(0.5),
      p95Ms: quantile(0.95),
      maxMs: sorted.at(-1) ?? 0,
      criticalShare: pathMs > 0 ? this.#criticalMs / pathMs : null,
    };
  }
}
