import { byName } from "#lib/model/name-order.ts";
import type { Trace, TraceSummary } from "#lib/model/trace.ts";

/** As much of a span as a list of traces needs. */
export interface SummaryRow {
  service: string;
  namespace: string | null;
  version: string | null;
  name: string;
  /** Whether the span names a parent, here or not. */
  hasParent: boolean;
  startUnixNano: bigint;
  durationMs: number;
  isError: boolean;
}

const NANOS_PER_MS = 1_000_000n;

interface ServiceCount {
  service: string;
  namespace: string | null;
  spans: number;
  errors: number;
  versions: Set<string>;
}

/** What a list says of a trace, from rows in any order. `null` without a row. `id`: 32 lower-case hex digits. */
export function summarizeRows(id: string, rows: readonly SummaryRow[]): TraceSummary | null {
  const [first] = rows;
  if (first === undefined) return null;
  let [earliest, root] = [first, null as SummaryRow | null];
  let endNano = first.startUnixNano;
  let errors = 0;
  const services = new Map<string, ServiceCount>();
  for (const row of rows) {
    if (row.startUnixNano < earliest.startUnixNano) earliest = row;
    if (!row.hasParent && (root === null || row.startUnixNano < root.startUnixNano)) root = row;
    const rowEnd = row.startUnixNano + BigInt(Math.round(row.durationMs * Number(NANOS_PER_MS)));
    if (rowEnd > endNano) endNano = rowEnd;
    if (row.isError) errors++;
    count(services, row);
  }
  const { service, namespace, version, name } = root ?? earliest;
  return {
    id,
    root: { service, namespace, version, operation: name },
    hasRoot: root !== null,
    startedAt: new Date(Number(earliest.startUnixNano / NANOS_PER_MS)).toISOString(),
    durationMs: Number(endNano - earliest.startUnixNano) / Number(NANOS_PER_MS),
    spans: rows.length,
    errors,
    services: [...services.values()].map((one) => ({ ...one, versions: [...one.versions].toSorted(byName) })).toSorted(bySpans),
    status: errors > 0 ? "error" : "ok",
  };
}

/** The same from a whole trace; spans that were not loaded are not counted. `null` for a trace without spans. */
export function summarizeTrace(trace: Trace): TraceSummary | null {
  const beginNano = BigInt(trace.startUnixNano);
  const rows = trace.spans.map((span): SummaryRow => {
    const resource = trace.resources[span.resource];
    return {
      service: resource?.service ?? "unknown_service",
      namespace: resource?.namespace ?? null,
      version: resource?.version ?? null,
      name: span.name,
      hasParent: span.parentId !== null,
      startUnixNano: beginNano + BigInt(Math.round(span.startMs * Number(NANOS_PER_MS))),
      durationMs: span.durationMs,
      isError: span.isError,
    };
  });
  return summarizeRows(trace.id, rows);
}

function count(services: Map<string, ServiceCount>, { service, namespace, version, isError }: SummaryRow): void {
  const key = JSON.stringify([namespace, service]);
  const known = services.get(key) ?? { service, namespace, spans: 0, errors: 0, versions: new Set<string>() };
  services.set(key, known);
  known.spans++;
  if (isError) known.errors++;
  if (version !== null) known.versions.add(version);
}

function bySpans(a: TraceSummary["services"][number], b: TraceSummary["services"][number]): number {
  return b.spans - a.spans || byName(a.service, b.service) || byName(a.namespace ?? "", b.namespace ?? "");
}
