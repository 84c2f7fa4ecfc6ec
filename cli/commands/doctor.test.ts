import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Diagnosis } from "#lib/model/diagnosis.ts";

import { diagnosisLines, doctor } from "./doctor.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-doctor-"));
let printed: string[] = [];

beforeEach(() => {
  printed = [];
  vi.spyOn(console, "log").mockImplementation((text: string) => void printed.push(text));
});
afterEach(() => void vi.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(text: string): string {
  const path = join(folder, "weft.yaml");
  writeFileSync(path, text);
  return path;
}

describe("weft doctor", () => {
  it("ends with 1 where something is broken, for people and for programs", async () => {
    const path = file("metrics:\n  - { id: prom, kind: prometheus, url: http://127.0.0.1:1 }\n");
    expect(await doctor(["--config", path])).toBe(1);
    expect(printed[0]?.split("\n")).toEqual([
      "prom  (prometheus, http://127.0.0.1:1)",
      "  ERROR  Nothing listens at 127.0.0.1:1: the connection was refused.",
      "         takes away: everything that prom would tell",
      "         mend: Start Prometheus, or what speaks its HTTP interface, or correct url of prom",
      "",
      "1 error, 0 warnings",
    ]);
    expect(await doctor(["--config", path, "--json"])).toBe(1);
    expect(JSON.parse(printed[1] ?? "")).toMatchObject({
      isFine: false,
      sources: [{ id: "prom", findings: [{ level: "error", code: "refused" }] }],
    });
  });

  it("says that nothing is configured", async () => {
    expect(await doctor(["--config", file("")])).toBe(1);
    expect(printed[0]).toContain("Nothing is configured that could tell of a mesh.");
  });

  it("refuses a file with mistakes, as the start does", async () => {
    await expect(doctor(["--config", file("metrcs: []")])).rejects.toMatchObject({ code: "INVALID", field: "metrcs" });
  });

  it("says when all is fine", () => {
    const fine: Diagnosis = {
      isFine: true,
      sources: [
        {
          id: "prom",
          kind: "prometheus",
          address: "http://p",
          findings: [{ level: "fine", code: "reached", text: "It answers.", takesAway: null, mend: null }],
        },
      ],
    };
    expect(diagnosisLines(fine)).toEqual(["prom  (prometheus, http://p)", "  ok     It answers.", "", "everything is fine"]);
  });

  it("counts what takes something away without being wrong, and does not call it fine", () => {
    const note = {
      level: "info",
      code: "short-history",
      text: "Data reaches 7 min back.",
      takesAway: "charts of before",
      mend: null,
    } as const;
    const noted: Diagnosis = { isFine: true, sources: [{ id: "prom", kind: "prometheus", address: "", findings: [note] }] };
    expect(diagnosisLines(noted)).toEqual([
      "prom  (prometheus)",
      "  note   Data reaches 7 min back.",
      "         takes away: charts of before",
      "",
      "nothing is wrong, 1 note",
    ]);
  });
});
