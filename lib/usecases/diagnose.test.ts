import { describe, expect, it } from "vitest";

import type { DiagnosisFinding, FindingLevel } from "#lib/model/diagnosis.ts";
import type { ExaminedSource } from "#lib/ports/examined-source.ts";

import { diagnose } from "./diagnose.ts";

const finding = (level: FindingLevel, code: string): DiagnosisFinding => ({
  level,
  code,
  text: `${code}.`,
  takesAway: null,
  mend: "Mend it",
});
const source = (id: string, ...findings: DiagnosisFinding[]): ExaminedSource => ({
  id,
  kind: "store",
  address: `http://${id}`,
  examine: () => Promise.resolve(findings),
});

describe("diagnose", () => {
  it("tells of every source in its order, the worst first, and nothing twice", async () => {
    const one = source(
      "one",
      finding("fine", "reached"),
      finding("info", "note"),
      finding("error", "broken"),
      finding("info", "note"),
      finding("warning", "odd"),
    );
    const { isFine, sources } = await diagnose([one, source("two", finding("fine", "reached"))]);
    expect(isFine).toBe(false);
    expect(sources.map(({ id, address, findings }) => [id, address, findings.map(({ code }) => code)])).toEqual([
      ["one", "http://one", ["broken", "odd", "note", "reached"]],
      ["two", "http://two", ["reached"]],
    ]);
  });

  it("is fine with warnings, and not fine with nothing to examine", async () => {
    expect((await diagnose([source("one", finding("warning", "odd"))])).isFine).toBe(true);
    expect(await diagnose([])).toMatchObject({ isFine: false, sources: [{ id: "weft", findings: [{ code: "no-source" }] }] });
  });

  it("examines all at once", async () => {
    const gate = Promise.withResolvers<void>();
    const waits: ExaminedSource = { ...source("one"), examine: () => gate.promise.then(() => []) };
    const opens: ExaminedSource = { ...source("two"), examine: () => Promise.resolve(gate.resolve()).then(() => []) };
    expect((await diagnose([waits, opens])).isFine).toBe(true);
  });
});
