import { describe, expect, it } from "vitest";

import type { Coverage, Notice, Sourced } from "#lib/model/evidence.ts";
import type { MeshGraph } from "#lib/model/graph.ts";

import { demoMesh, meshGraph, meshNode } from "../testing/mesh.ts";
import { mapNotices } from "./map-notices.ts";

const LIVE = { isPast: false, isNoted: true };
const PAST = { isPast: true, isNoted: true };
const silent = meshGraph([meshNode("shop/cart")], []);

const notice = (code: string, level: Notice["level"] = "warning"): Notice => ({ level, code, text: code, source: null, mend: null });
const ofNow = notice("as-of-now", "info");

function codes(value: MeshGraph, coverage: Coverage, notices: Notice[], options: typeof LIVE): string[] {
  const answer: Sourced<MeshGraph> = { value, provenance: [], notices, coverage };
  return mapNotices(answer, options).map(({ code }) => code);
}

describe("what is said of the map", () => {
  it("is nothing while the picture is whole and live", () => {
    expect(codes(demoMesh(), "complete", [notice("odd")], LIVE)).toEqual([]);
    expect(codes(demoMesh(), "complete", [ofNow], PAST)).toEqual([]);
  });

  it("is what is missing, in the order of the answer; plain facts are not", () => {
    expect(codes(demoMesh(), "partial", [notice("one"), notice("fact", "info"), notice("two", "error")], LIVE)).toEqual(["one", "two"]);
    expect(codes(demoMesh(), "partial", [], LIVE)).toEqual(["partly"]);
  });

  it("of an empty picture begins with that nobody called, and of a past one with why nothing is known", () => {
    expect(codes(silent, "complete", [], LIVE)).toEqual(["no-calls"]);
    expect(codes(silent, "partial", [notice("down", "error")], LIVE)).toEqual(["no-calls", "down"]);
    expect(codes(silent, "complete", [ofNow], PAST)).toEqual(["no-teller"]);
    expect(codes(silent, "partial", [notice("nothing-kept"), ofNow], PAST)).toEqual(["nothing-kept"]);
  });

  it("of the past tells what is not kept though all of it is covered, and what is as it is now where no inspector does", () => {
    expect(codes(demoMesh(), "complete", [notice("partly-kept"), ofNow], PAST)).toEqual(["partly-kept"]);
    expect(codes(demoMesh(), "complete", [notice("partly-kept"), ofNow], { ...PAST, isNoted: false })).toEqual([
      "partly-kept",
      "as-of-now",
    ]);
    expect(codes(silent, "complete", [ofNow], { ...PAST, isNoted: false })).toEqual(["no-teller", "as-of-now"]);
  });
});
