import { beforeEach, describe, expect, it } from "vitest";

import { SecurityReport } from "#lib/model/security.ts";
import { sampleAt } from "#lib/testing/builders.ts";
import { type MeshDesk, openDesk } from "#lib/testing/mesh-desk.ts";

import { type ExportedTable, exportSecurity, type ExportSecurityInput } from "./export-security.ts";
import { getSecurity } from "./get-security.ts";

const ASKED = { windowMs: 60_000, namespaces: [] };

let desk: MeshDesk;

beforeEach(async () => {
  desk = openDesk();
  await desk.time.advance(60_000);
  desk.metrics.record(
    sampleAt(31, { source: "shop/legacy", target: "shop/ledger" }, { count: 12, transport: { mutual: 0, oneWay: 0, plaintext: 12 } }),
  );
  desk.security.see(31, { count: 12, address: "=HYPERLINK(1)" });
});

async function exported(part: Partial<ExportSecurityInput> = {}): Promise<ExportedTable> {
  const answer = await exportSecurity(desk.context, { ...ASKED, table: "edges", format: "csv", ...part });
  if (!answer.ok) throw answer.error;
  return answer.value;
}

describe("exportSecurity", () => {
  it("is a table for a spreadsheet that runs none of it", async () => {
    const { fileName, mediaType, text } = await exported();
    expect([fileName, mediaType]).toEqual(["security-edges.csv", "text/csv; charset=utf-8"]);
    const [header, first, ...rest] = text.split("\r\n");
    expect(header).toMatch(/^source,target,protocol,/);
    expect(first).toMatch(/^shop\/legacy,shop\/ledger,http,unknown,permissive,unknown,plaintext,unknown,0,0,12,0,,'=HYPERLINK\(1\),/);
    expect(rest).toEqual([""]);
  });

  it.each(["edges", "workloads", "certificates", "events", "refusals", "authorization"] as const)(
    "gives as JSON exactly the report's %s",
    async (table) => {
      const report = await getSecurity(desk.context, ASKED);
      if (!report.ok) throw report.error;
      const { fileName, mediaType, text } = await exported({ table, format: "json" });
      expect([fileName, mediaType]).toEqual([`security-${table}.json`, "application/json"]);
      expect(SecurityReport.shape[table].parse(JSON.parse(text))).toEqual(report.value.value[table]);
    },
  );
});
