import { describe, expect, test } from "vitest";

import type { Certificate } from "#lib/model/topology.ts";
import { proxyOf } from "#lib/testing/builders.ts";

import { certificateState } from "./certificate-state.ts";
import { proxiesSentence, proxyRank } from "./proxy-words.ts";
import { searchLines } from "./search-lines.ts";

const NOW = Date.UTC(2026, 0, 1, 12);
const plain = (text: string) => text.replaceAll("\u00a0", " ");

const certificate = (expiresMs: number | null, validMs: number | null = -1): Certificate => ({
  serial: "1",
  role: "workload",
  names: [],
  validFrom: validMs === null ? null : new Date(NOW + validMs).toISOString(),
  expiresAt: expiresMs === null ? null : new Date(NOW + expiresMs).toISOString(),
});

describe("certificates", () => {
  test.each([
    [certificate(47 * 60_000), "warn", "47 min left"],
    [certificate(3 * 3_600_000), "ok", "3 h left"],
    [certificate(-90_000), "fail", "expired 1 min 30 s ago"],
    [certificate(3_600_000, 60_000), "fail", "not valid yet"],
    [certificate(null), "unk", "end not known"],
  ])("%# are told by what is left", (one, tone, word) => {
    const state = certificateState(one, NOW);
    expect([state.tone, plain(state.word)]).toEqual([tone, word]);
  });
});

describe("proxies", () => {
  test("a title names the one that is missing, or how many", () => {
    const live = proxyOf("shop/a", { id: "a", state: "live", sync: "synced" });
    const gone = proxyOf("shop/b", { id: "b", state: "unreachable" });
    expect(proxiesSentence([])).toBe("No proxy is known yet");
    expect(proxiesSentence([live, live])).toBe("All 2 proxies are live");
    expect(proxiesSentence([live, gone])).toBe("b does not answer");
    expect(proxiesSentence([live, gone, gone])).toBe("2 of 3 proxies are not live");
    expect(proxiesSentence([live, proxyOf("shop/c", { id: "c", state: "live", sync: "rejected" })])).toBe("c refused the newest routing");
  });

  test("the worst stand first", () => {
    expect((["live", "stale", "unreachable"] as const).toSorted((a, b) => proxyRank(a) - proxyRank(b))).toEqual([
      "unreachable",
      "stale",
      "live",
    ]);
  });
});

describe("searching a configuration", () => {
  const TEXT = '{\n  "name": "Inbound",\n  "other": "inbound inbound"\n}\n';

  test("keeps the numbers of the lines and marks every place", () => {
    const found = searchLines(TEXT, " inbound ");
    expect(found).toMatchObject({ matches: 2, total: 4, isCut: false });
    expect(found.lines.map((line) => line.number)).toEqual([2, 3]);
    expect(found.lines[1]?.parts.filter((part) => part.isMatch)).toHaveLength(2);
    expect(found.lines[1]?.parts.map((part) => part.text).join("")).toBe('  "other": "inbound inbound"');
  });

  test("an empty text shows everything, and signs mean themselves", () => {
    expect(searchLines(TEXT, "").lines).toHaveLength(4);
    expect(searchLines("a.b\naxb", ".").matches).toBe(1);
    expect(searchLines("x", "[").matches).toBe(0);
  });

  test("says when it shows only a part", () => {
    const found = searchLines("line\n".repeat(2_500), "line");
    expect(found).toMatchObject({ matches: 2_500, isCut: true });
    expect(found.lines).toHaveLength(2_000);
  });
});
