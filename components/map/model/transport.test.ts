import { describe, expect, it } from "vitest";

import type { EdgeTls } from "#lib/model/tls.ts";

import { meshEdge, red } from "../testing/mesh.ts";
import { drawGraph } from "./drawn-graph.ts";
import { labelLines, lineWidth } from "./edge-label-words.ts";
import { countLocks, edgeTransportWords, isRefusedOnly, joinTransport, lockOf, lockRank, locksOf, tlsWords } from "./transport.ts";

const SAFE: EdgeTls = { declared: { client: "mutual", server: "strict" }, observed: "mutual", mutualShare: 1, refused: 0 };
const PLAIN: EdgeTls = { declared: { client: "unknown", server: "permissive" }, observed: "plaintext", mutualShare: 0, refused: 0 };
const UNSEEN: EdgeTls = { declared: { client: "mutual", server: "strict" }, observed: "unknown", mutualShare: null, refused: null };
const CLASH: EdgeTls = { ...UNSEEN, declared: { client: "plaintext", server: "strict" } };

const plain = (text: string): string => text.replaceAll("\u00a0", " ");

function linesOf(tls: EdgeTls, rate: number | null): string[] {
  const edge = meshEdge("a/x", "a/y", { tls, red: red(rate, rate === null ? null : 0.01) });
  const [drawn] = drawGraph(
    {
      window: { from: "", to: "" },
      nodes: [],
      edges: [edge],
      totals: { healthy: 0, degraded: 0, failing: 0, unknown: 0, rate: 0, errorRate: 0 },
    },
    new Set(),
  ).edges;
  return drawn === undefined ? [] : labelLines(drawn).map((line) => plain(line.lock === null ? line.text : `[${line.lock}] ${line.text}`));
}

describe("the lock of an edge", () => {
  it.each([
    ["mutual", SAFE, "mutual TLS"],
    ["oneWay", { ...SAFE, observed: "oneWay", mutualShare: 0, declared: { client: "oneWay", server: "unknown" } }, "TLS, not mutual"],
    ["plaintext", PLAIN, "plaintext"],
    ["plaintext", { ...PLAIN, observed: "mixed", mutualShare: 0.625 }, "62.5 % mutual TLS"],
    ["unknown", UNSEEN, "transport not known"],
    ["broken", { ...SAFE, refused: 1 }, "mutual TLS, 1 connection refused"],
    ["plaintext", { ...PLAIN, refused: 43 }, "plaintext, 43 connections refused"],
    ["broken", { ...UNSEEN, refused: 43 }, "43 connections refused"],
    ["broken", CLASH, "its two sides do not fit"],
    ["plaintext", { ...CLASH, observed: "plaintext", mutualShare: 0 }, "plaintext, its two sides do not fit"],
  ] as const)("%s", (lock, tls, words) => {
    expect(lockOf(tls)).toBe(lock);
    expect(plain(tlsWords(tls))).toBe(words);
  });

  it("is never closed because nothing was seen", () => {
    expect(lockOf({ ...UNSEEN, refused: 0 })).toBe("unknown");
    expect(edgeTransportWords(joinTransport([]))).toBe("transport not known");
  });

  it("of several edges is the worst of them", () => {
    expect(joinTransport([SAFE, UNSEEN])).toEqual({ observed: "mutual", lock: "mutual", isBroken: false, refused: 0 });
    expect(joinTransport([SAFE, PLAIN])).toEqual({ observed: "mixed", lock: "plaintext", isBroken: false, refused: 0 });
    expect(joinTransport([SAFE, { ...SAFE, observed: "oneWay" }]).lock).toBe("oneWay");
    expect(joinTransport([PLAIN, { ...SAFE, refused: 2 }, { ...SAFE, refused: 3 }])).toMatchObject({
      lock: "plaintext",
      isBroken: true,
      refused: 5,
    });
    expect(joinTransport([SAFE, { ...SAFE, refused: 2 }]).lock).toBe("broken");
    expect(joinTransport([UNSEEN]).refused).toBeNull();
    expect((["mutual", "unknown", "broken", "plaintext"] as const).toSorted((a, b) => lockRank(a) - lockRank(b))).toEqual([
      "plaintext",
      "broken",
      "unknown",
      "mutual",
    ]);
  });

  it("never hides plaintext that flows: a refusal stands beside it", () => {
    expect(locksOf({ ...PLAIN, refused: 43 })).toEqual(["plaintext", "broken"]);
    expect(locksOf({ ...SAFE, refused: 43 })).toEqual(["broken"]);
    expect(locksOf(PLAIN)).toEqual(["plaintext"]);
  });

  it("is counted over a mesh, under both facts where two hold", () => {
    const edges = [SAFE, SAFE, PLAIN, CLASH, { ...PLAIN, refused: 2 }].map((tls, index) => meshEdge(`a/${index}`, "a/z", { tls }));
    expect(countLocks(edges)).toEqual({ mutual: 2, oneWay: 0, plaintext: 2, unknown: 0, broken: 2 });
  });
});

describe("an edge's label", () => {
  it.each([
    [SAFE, 41.4, ["[mutual] 41.4/s", "1.0 %"]],
    [{ ...SAFE, observed: "oneWay", declared: { client: "oneWay", server: "unknown" } }, 6.2, ["TLS 6.2/s", "1.0 %"]],
    [UNSEEN, 6.2, ["[unknown] 6.2/s", "1.0 %"]],
    [PLAIN, 0.8, ["plaintext", "[plaintext] 0.8/s"]],
    [{ ...PLAIN, refused: 43 }, 0.8, ["[plaintext] plaintext", "[broken] 43 refused"]],
    [{ ...SAFE, refused: 15 }, 6, ["6.0/s", "[broken] 15 refused"]],
    [{ ...UNSEEN, refused: 43 }, null, ["no requests", "[broken] 43 refused"]],
    [CLASH, null, ["nothing seen", "[broken] cannot pass"]],
  ] as const)("%#", (tls, rate, lines) => expect(linesOf(tls, rate)).toEqual(lines));

  it("takes more room with a lock", () => {
    const line = { text: "41.4/s", tone: "plain" } as const;
    expect(lineWidth({ ...line, lock: "mutual" })).toBeGreaterThan(lineWidth({ ...line, lock: null }));
  });

  it("is of a refused caller only where nothing came through", () => {
    expect(isRefusedOnly({ rate: null, refused: 1 })).toBe(true);
    expect(isRefusedOnly({ rate: 0, refused: 1 })).toBe(false);
    expect(isRefusedOnly({ rate: null, refused: 0 })).toBe(false);
    expect(isRefusedOnly({ rate: null, refused: null })).toBe(false);
  });
});
