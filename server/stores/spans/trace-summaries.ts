import type { DatabaseSync, StatementSync } from "node:sqlite";

import type { TraceSummary } from "#lib/model/trace.ts";
import { summarizeRows, type SummaryRow } from "#lib/traces/summarize-trace.ts";

import { OperationNames } from "./operation-names.ts";
import { startNanos } from "./span-columns.ts";

/** Makes the line of a list out of the rows of a trace, without reading what its spans carry. */
export class TraceSummaries {
  private readonly trace: StatementSync;
  private readonly spans: StatementSync;
  private readonly names: OperationNames;

  constructor(db: DatabaseSync) {
    this.names = new OperationNames(db);
    this.trace = db.prepare("SELECT trace_id FROM traces WHERE no = ?");
    // In order of arrival, which decides between spans that started at the same instant.
    this.spans = db.prepare(
      "SELECT operation_id, parent_id IS NOT NULL AS has_parent, at_ms, early_ns, duration_ns, is_error FROM spans WHERE trace_no = ? ORDER BY id",
    );
  }

  /** `null` = no such trace. */
  of(no: number): TraceSummary | null {
    const traceId = this.trace.get(no)?.["trace_id"];
    if (!(traceId instanceof Uint8Array)) return null;
    const rows: SummaryRow[] = [];
    for (const row of this.spans.iterate(no)) {
      const { service, namespace, version, name } = this.names.of(Number(row["operation_id"]));
      rows.push({
        service,
        namespace,
        version,
        name,
        hasParent: row["has_parent"] === 1,
        startUnixNano: startNanos({ atMs: Number(row["at_ms"]), earlyNs: Number(row["early_ns"]) }),
        durationMs: Number(row["duration_ns"]) / 1_000_000,
        isError: row["is_error"] === 1,
      });
    }
    return summarizeRows(Buffer.from(traceId).toString("hex"), rows);
  }
}
