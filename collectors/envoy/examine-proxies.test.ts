import { afterEach, describe, expect, it } from "vitest";

import { createHttpFetcher } from "#collectors/shared/http-fetcher.ts";
import { systemClock as clock, systemScheduler as scheduler } from "#collectors/shared/testing/system-time.ts";
import type { DiagnosisFinding } from "#lib/model/diagnosis.ts";
import { createFakeSeriesStore } from "#lib/testing/fake-series-store.ts";

import { examineProxies } from "./examine-proxies.ts";
import { json, webPage, type Answer } from "./testing/fake-admin.ts";
import { createFakeMesh, type FakeMesh } from "./testing/fake-mesh.ts";
import { recordedAnswers, type RecordedId } from "./testing/recorded.ts";

const [LEDGER, PAYMENTS] = ["ledger-v1-0.payments", "payments-v1-0.payments"] as const;

let mesh: FakeMesh | null = null;
afterEach(() => mesh?.close());

async function examine(proxiesDir: string): Promise<DiagnosisFinding[]> {
  const http = createHttpFetcher({ clock, scheduler });
  try {
    return await examineProxies({ proxiesDir, store: createFakeSeriesStore(), clock, scheduler, http }).examine();
  } finally {
    await http.close();
  }
}

/** Its configuration as it was recorded, without any access logger. */
function withoutLoggers(id: RecordedId): Answer {
  return (response) => {
    const recorded = recordedAnswers(id)[response.req.url ?? ""] ?? { configs: [] };
    json(JSON.parse(JSON.stringify(recorded, (key, value: unknown) => (key === "access_log" ? undefined : value))))(response);
  };
}

describe("the examination of proxies", () => {
  it("finds nothing broken where each answers", async () => {
    mesh = await createFakeMesh([LEDGER, PAYMENTS]);
    const findings = await examine(mesh.proxiesDir);
    expect(findings[0]).toMatchObject({ level: "fine", code: "reached", text: "2 of 2 proxies answer." });
    expect(findings.filter(({ level }) => level === "error")).toEqual([]);
  });

  it("names a logger that is missing, once for all that lack the same, with what to add", async () => {
    mesh = await createFakeMesh([LEDGER, PAYMENTS]);
    for (const id of [LEDGER, PAYMENTS]) mesh.admin(id).instead.set("/config_dump", withoutLoggers(id));
    const findings = await examine(mesh.proxiesDir);
    const loggers = findings.filter(({ mend }) => mend?.includes("the counter inbound_requests_total") === true);
    expect(loggers.length).toBeGreaterThan(0);
    expect(loggers[0]).toMatchObject({
      level: "warning",
      code: "proxy-setting",
      mend: expect.stringContaining("envoy.access_loggers.stats with stats_scope.prefix weft"),
    });
  });

  it("tells which proxy does not answer, beside one that does", async () => {
    mesh = await createFakeMesh([LEDGER]);
    await mesh.write("gone.json", { id: "gone-1", admin: "http://127.0.0.1:1" });
    expect(await examine(mesh.proxiesDir)).toMatchObject([
      { level: "fine", text: "1 of 2 proxies answer." },
      {
        level: "error",
        code: "proxy-unreachable",
        text: expect.stringMatching(/^gone-1 is unreachable: /),
        mend: expect.stringContaining("admin address"),
      },
    ]);
  });

  it("tells that something else answers at the admin's address", async () => {
    mesh = await createFakeMesh([LEDGER]);
    for (const path of ["/stats/prometheus", "/server_info", "/config_dump", "/clusters"]) mesh.admin(LEDGER).instead.set(path, webPage);
    const findings = await examine(mesh.proxiesDir);
    expect(findings.map(({ level }) => level)).toContain("error");
    expect(findings.map(({ code }) => code).join(" ")).toMatch(/proxy-(malformed|unreachable)/);
  });

  it("reads each file that is wrong as such", async () => {
    mesh = await createFakeMesh([]);
    await mesh.write("bad.json", "{");
    expect(await examine(mesh.proxiesDir)).toMatchObject([{ level: "error", text: expect.stringContaining("bad.json: it is not JSON") }]);
  });
});
