import { openForReading } from "../schema.ts";
import { addEncoded, bucketOf, noCounts } from "../duration-counts.ts";
import { minuteOf } from "../span-columns.ts";

type Sums = Record<string, Record<string, number | number[]>>;

/** What the file says that its spans sum up to, and what they do sum up to. A test expects both to be equal. */
export function sumsIn(path: string): { kept: Sums; counted: Sums } {
  const db = openForReading(path);
  try {
    const kept: Sums = {
      services: {},
      operations: {},
      resources: {},
      traces: {},
      failed: {},
      durations: {},
      errors: {},
      calls: {},
      failedCalls: {},
    };
    const counted: Sums = structuredClone(kept);
    const add = (table: string, key: string, by: number): void => {
      const sums = (counted[table] ??= {});
      const before = sums[key];
      sums[key] = (typeof before === "number" ? before : 0) + by;
    };
    for (const table of ["services", "operations", "resources"]) {
      for (const row of db.prepare(`SELECT id, spans FROM ${table}`).all())
        kept[table] = { ...kept[table], [String(row["id"])]: Number(row["spans"]) };
    }
    for (const row of db.prepare("SELECT no, spans, errors FROM traces").all()) {
      kept["traces"] = { ...kept["traces"], [String(row["no"])]: Number(row["spans"]) };
      kept["failed"] = { ...kept["failed"], [String(row["no"])]: Number(row["errors"]) };
    }
    for (const row of db.prepare("SELECT operation_id, minute, errors, counts FROM operation_minutes").all()) {
      const key = `${String(row["operation_id"])} ${String(row["minute"])}`;
      const counts = noCounts();
      if (row["counts"] instanceof Uint8Array) addEncoded(counts, row["counts"]);
      kept["durations"] = { ...kept["durations"], [key]: counts };
      kept["errors"] = { ...kept["errors"], [key]: Number(row["errors"]) };
    }
    for (const row of db.prepare("SELECT minute, caller_id, service_id, count, errors FROM edge_minutes").all()) {
      const key = `${String(row["minute"])} ${String(row["caller_id"])} ${String(row["service_id"])}`;
      kept["calls"] = { ...kept["calls"], [key]: Number(row["count"]) };
      kept["failedCalls"] = { ...kept["failedCalls"], [key]: Number(row["errors"]) };
    }
    for (const row of db.prepare("SELECT * FROM spans").all()) {
      const errors = Number(row["is_error"]);
      const minute = minuteOf(Number(row["at_ms"]));
      add("services", String(row["service_id"]), 1);
      add("operations", String(row["operation_id"]), 1);
      add("resources", String(row["resource_id"]), 1);
      add("traces", String(row["trace_no"]), 1);
      add("failed", String(row["trace_no"]), errors);
      const key = `${String(row["operation_id"])} ${minute}`;
      const durations = (counted["durations"] ??= {});
      const counts = durations[key] ?? noCounts();
      if (Array.isArray(counts)) counts[bucketOf(Number(row["duration_ns"]))] = (counts[bucketOf(Number(row["duration_ns"]))] ?? 0) + 1;
      durations[key] = counts;
      add("errors", key, errors);
      const caller = Number(row["caller_id"] ?? 0);
      if (caller !== 0 && caller !== row["service_id"]) {
        add("calls", `${minute} ${caller} ${String(row["service_id"])}`, 1);
        add("failedCalls", `${minute} ${caller} ${String(row["service_id"])}`, errors);
      }
    }
    return { kept, counted };
  } finally {
    db.close();
  }
}
