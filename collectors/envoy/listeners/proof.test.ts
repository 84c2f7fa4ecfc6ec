import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Listener } from "../admin/wire-config.ts";
import { openFilter, whyNotInForce, whyOutOfStep, whyStillOpen, type Expected } from "./proof.ts";
import { chainOf, listenerOf } from "./testing/listener-texts.ts";

const STRICT = Listener.parse(listenerOf([chainOf("mutual", "in")]));
const PERMISSIVE = Listener.parse(listenerOf([chainOf("mutual", "in"), chainOf("raw", "plain")]));
const EXPECTED: Expected = { listener: "inbound", demand: "strict", marker: "weft-2", leaving: ["http.plain"] };

describe("whyNotInForce", () => {
  it.each([
    ["the asked one", { version: "weft-2", listener: STRICT }, null],
    ["nothing", { version: "", listener: null }, "It has not taken any version yet."],
    ["the version of before", { version: "1", listener: PERMISSIVE }, "It still runs version 1."],
    ["the same demand under another version", { version: "by-hand", listener: STRICT }, "It still runs version by-hand."],
    ["no such listener", { version: "weft-2", listener: null }, "It runs version weft-2, but has no listener inbound yet."],
    [
      "the marker with another demand",
      { version: "weft-2", listener: PERMISSIVE },
      "It runs version weft-2, but its listener is permissive.",
    ],
    ["a version that deceives", { version: "weft-2\u202e", listener: STRICT }, "It still runs version weft-2\\u{202e}."],
  ])("of %s", (_, inForce, words) => {
    expect(whyNotInForce(inForce, EXPECTED)).toBe(words);
  });
});

describe("whyOutOfStep", () => {
  it("compares the demand, whatever the version", () => {
    expect(whyOutOfStep({ version: "9", listener: STRICT }, "inbound", "strict")).toBeNull();
    expect(whyOutOfStep({ version: "9", listener: STRICT }, "inbound", "permissive")).toBe("Its version 9 is strict, the file permissive.");
    expect(whyOutOfStep({ version: "9", listener: null }, "inbound", "strict")).toBe("It has no listener inbound.");
  });
});

describe("whyStillOpen", () => {
  const chains = "listener_manager.total_filter_chains_draining";
  const listeners = "listener_manager.total_listeners_draining";
  const told = (more: Record<string, number>): Map<string, number> => new Map(Object.entries({ [chains]: 0, [listeners]: 0, ...more }));

  it.each<[string, Map<string, number>, string | null]>([
    ["its statistic is gone", told({}), null],
    ["its statistic is 0", told({ "http.plain.downstream_cx_active": 0 }), null],
    ["one stands", told({ "http.plain.downstream_cx_active": 1 }), "1 connection of the old plaintext listener is still open."],
    [
      "some stand",
      told({ "http.plain.downstream_cx_active": 2, [chains]: 1 }),
      "2 connections of the old plaintext listener are still open.",
    ],
    ["chains drain without a connection, and connections are counted", told({ [chains]: 1, "http.admin.downstream_cx_active": 1 }), null],
    [
      "one stands, and connections are counted",
      told({ "http.admin.downstream_cx_active": 1, "http.plain.downstream_cx_active": 1 }),
      "1 connection of the old plaintext listener is still open.",
    ],
    [
      "chains drain, and connections are not counted",
      told({ [chains]: 1 }),
      "It is still closing its old filter chains, for which it takes its whole drain time.",
    ],
    ["listeners drain", told({ [listeners]: 1 }), "It is still closing its old filter chains, for which it takes its whole drain time."],
    ["nothing is told", new Map(), "It does not tell whether connections of its old listener are still open."],
    ["others stand", told({ "http.in.downstream_cx_active": 5 }), null],
  ])("when %s", (_, stats, words) => {
    expect(whyStillOpen(stats, ["http.plain"])).toBe(words);
  });

  it("goes by the draining alone where a chain has no statistic", () => {
    const admin = { "http.admin.downstream_cx_active": 1 };
    expect(whyStillOpen(told({ ...admin, [chains]: 1 }), [])).toContain("whole drain time");
    expect(whyStillOpen(told(admin), [])).toBeNull();
  });

  it("asks for exactly these statistics, whatever a chain is called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii", minLength: 1 }), (name) => {
        const filter = new RegExp(openFilter([`http.${name.replaceAll(":", "_")}`]));
        expect(filter.test(chains)).toBe(true);
        expect(filter.test(`http.${name.replaceAll(":", "_")}.downstream_cx_active`)).toBe(true);
        expect(filter.test(`http.x${name.replaceAll(":", "_")}.downstream_cx_active`)).toBe(false);
        expect(filter.test(`http.${name}.downstream_cx_total`)).toBe(false);
      }),
    );
  });
});
