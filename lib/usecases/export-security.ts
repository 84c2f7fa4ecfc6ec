import { ok, type Result } from "#lib/model/errors.ts";
import type { SecurityReport } from "#lib/model/security.ts";
import { type ReportTable, tableRows } from "#lib/security/report-tables.ts";
import { writeCsv } from "#lib/security/csv.ts";

import type { CallContext } from "./context.ts";
import { getSecurity, type GetSecurityInput } from "./get-security.ts";

export interface ExportSecurityInput extends GetSecurityInput {
  table: ReportTable;
  format: "csv" | "json";
}

/** A file to keep. */
export interface ExportedTable {
  fileName: string;
  mediaType: string;
  text: string;
}

/** One table of the security report as a file. JSON is the report's part itself. Errors: those of the report. */
export async function exportSecurity(context: CallContext, input: ExportSecurityInput): Promise<Result<ExportedTable>> {
  const answer = await getSecurity(context, input);
  if (!answer.ok) return answer;
  const report: SecurityReport = answer.value.value;
  const fileName = `security-${input.table}.${input.format}`;
  if (input.format === "json") return ok({ fileName, mediaType: "application/json", text: JSON.stringify(report[input.table]) });
  return ok({ fileName, mediaType: "text/csv; charset=utf-8", text: writeCsv(tableRows(report, input.table)) });
}
