import type { TraceSummary } from "#lib/model/trace.ts";

/** In how many of the traces something is met. */
export interface FacetCount {
  traces: number;
  /** Traces among them in which a span failed. */
  failed: number;
}

/** What a list of traces is made of, most traces first. */
export interface TraceFacets {
  /** Services met anywhere in a trace. */
  services: (FacetCount & { service: string; namespace: string | null })[];
  /** What was asked of the first service. */
  operations: (FacetCount & { service: string; namespace: string | null; operation: string })[];
  /** Versions met anywhere in a trace. */
  versions: (FacetCount & { service: string; namespace: string | null; version: string })[];
  status: { ok: number; error: number };
}

/** Counts traces, not spans: a service that is called six times in a trace counts once. */
export function countFacets(summaries: readonly TraceSummary[]): TraceFacets {
  const services = new Counter<{ service: string; namespace: string | null }>();
  const operations = new Counter<{ service: string; namespace: string | null; operation: string }>();
  const versions = new Counter<{ service: string; namespace: string | null; version: string }>();
  const status = { ok: 0, error: 0 };
  for (const summary of summaries) {
    status[summary.status]++;
    const isFailed = summary.status === "error";
    const { service, namespace, operation } = summary.root;
    operations.add({ service, namespace, operation }, isFailed);
    for (const met of summary.services) {
      services.add({ service: met.service, namespace: met.namespace }, isFailed);
      for (const version of met.versions) versions.add({ service: met.service, namespace: met.namespace, version }, isFailed);
    }
  }
  return { services: services.list(), operations: operations.list(), versions: versions.list(), status };
}

class Counter<T extends Readonly<Record<string, string | null>>> {
  readonly #counts = new Map<string, T & FacetCount>();

  add(value: T, isFailed: boolean): void {
    const key = JSON.stringify(Object.values(value));
    const known = this.#counts.get(key) ?? { ...value, traces: 0, failed: 0 };
    this.#counts.set(key, known);
    known.traces++;
    if (isFailed) known.failed++;
  }

  list(): (T & FacetCount)[] {
    return [...this.#counts].toSorted(([x, a], [y, b]) => b.traces - a.traces || (x < y ? -1 : Number(x > y))).map(([, one]) => one);
  }
}
