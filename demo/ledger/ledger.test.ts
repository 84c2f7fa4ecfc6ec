import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ALWAYS, type EdgeRow } from "./edges.ts";
import { joinRows } from "./ledger.ts";
import { quantile } from "./quantile.ts";
import { parseSpan } from "./span.ts";
import { Tally } from "./tally.ts";
import { Track } from "./track.ts";

const EDGE = { source: "frontend", target: "catalog", version: "v1", protocol: "http" } as const;
const FINE = { error: false, retry: false, lost: false };

describe("quantile", () => {
  it("is the nearest rank", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(quantile(hundred, 0.5)).toBe(50);
    expect(quantile(hundred, 0.95)).toBe(95);
    expect(quantile([7], 0.99)).toBe(7);
    expect(quantile([], 0.5)).toBeNull();
  });
});

describe("Track", () => {
  it("splits into windows that add up to the whole", () => {
    const times = fc.array(fc.nat(10_000), { maxLength: 200 });
    fc.assert(
      fc.property(times, fc.nat(10_000), (atMs, cut) => {
        const track = new Track(Infinity);
        for (const at of atMs) track.add(at, 1, FINE);
        const before = track.sums({ fromMs: -Infinity, toMs: cut });
        const after = track.sums({ fromMs: cut, toMs: Infinity });
        expect(before.count + after.count).toBe(atMs.length);
        expect(before.count).toBe(atMs.filter((at) => at < cut).length);
      }),
    );
  });

  it("keeps retries and losses apart from what is counted", () => {
    const track = new Track(Infinity);
    track.add(1, 10, { error: true, retry: false, lost: false });
    track.add(2, 20, { error: false, retry: true, lost: false });
    track.add(3, 0, { error: true, retry: false, lost: true });
    expect(track.sums(ALWAYS)).toEqual({ count: 2, errors: 2, retries: 1, lost: 1, refused: 0, denied: 0, durations: [10, 0] });
  });

  it("tells apart why a call did not arrive, also of what it forgot", () => {
    const track = new Track(1_000);
    for (let at = 0; at < 20_000; at += 2) {
      track.add(at, 0, { error: true, retry: false, lost: true, refused: true });
      track.add(at + 1, 0, { ...FINE, denied: at % 4 === 0 });
    }
    expect(track.sums(ALWAYS)).toMatchObject({ count: 20_000, lost: 10_000, refused: 10_000, denied: 5_000 });
    expect(track.sums({ fromMs: 19_996, toMs: Infinity })).toMatchObject({ count: 4, lost: 2, refused: 2, denied: 1 });
  });

  it("forgets old calls but never their number", () => {
    const track = new Track(1_000);
    for (let at = 0; at < 20_000; at += 1) track.add(at, 5, { error: at % 10 === 0, retry: false, lost: false });
    const all = track.sums(ALWAYS);
    expect(all).toMatchObject({ count: 20_000, errors: 2_000 });
    expect(all.durations.length).toBeLessThan(8_000);
    expect(track.sums({ fromMs: 19_000, toMs: Infinity }).count).toBe(1_000);
  });
});

describe("Tally", () => {
  it("counts first attempts, and retries beside them", () => {
    const tally = new Tally();
    tally.arrived(EDGE, { atMs: 1, durationMs: 4, error: true, attempt: 1 });
    tally.arrived(EDGE, { atMs: 2, durationMs: 6, error: false, attempt: 2 });
    tally.departed(EDGE, { atMs: 3, error: false, neverArrived: false });
    expect(tally.rows(ALWAYS)).toEqual([
      {
        ...EDGE,
        count: 1,
        errors: 1,
        retries: 1,
        sent: 1,
        sentErrors: 0,
        neverArrived: 0,
        refused: 0,
        denied: 0,
        p50Ms: 4,
        p95Ms: 4,
        p99Ms: 4,
      },
    ]);
  });

  it("counts what was forbidden and what was refused where it was sent, and no arrival", () => {
    const tally = new Tally();
    tally.departed(EDGE, { atMs: 1, error: false, neverArrived: false, denied: true });
    tally.departed(EDGE, { atMs: 2, error: true, neverArrived: true, refused: true });
    expect(tally.rows(ALWAYS)).toMatchObject([{ count: 0, sent: 2, sentErrors: 1, neverArrived: 1, refused: 1, denied: 1 }]);
  });

  it("keeps versions apart", () => {
    const tally = new Tally();
    for (const version of ["v1", "v2", "v2"]) tally.arrived({ ...EDGE, version }, { atMs: 1, durationMs: 1, error: false, attempt: 1 });
    expect(tally.rows(ALWAYS).map((row) => [row.version, row.count])).toEqual([
      ["v1", 1],
      ["v2", 2],
    ]);
  });

  it("has no duration for TCP", () => {
    const tally = new Tally();
    tally.arrived({ source: "cart", target: "kv", version: "v1", protocol: "tcp" }, { atMs: 1, durationMs: 9, error: false, attempt: 1 });
    expect(tally.rows(ALWAYS)).toMatchObject([{ count: 1, p50Ms: null, p95Ms: null, p99Ms: null }]);
  });
});

const half: EdgeRow = {
  ...EDGE,
  count: 0,
  errors: 0,
  retries: 0,
  sent: 0,
  sentErrors: 0,
  neverArrived: 0,
  refused: 0,
  denied: 0,
  p50Ms: null,
  p95Ms: null,
  p99Ms: null,
};

function posture(source: string, target: string): unknown {
  return joinRows([[{ ...half, source, target, count: 1 }]])[0]?.posture;
}

describe("joinRows", () => {
  it("joins the callee's half and the caller's, in either order", () => {
    const callee = { ...half, count: 9, errors: 1, p50Ms: 3, p95Ms: 8, p99Ms: 9 };
    const caller = { ...half, sent: 12, sentErrors: 2, neverArrived: 1, refused: 1, denied: 2 };
    const whole = { ...callee, sent: 12, sentErrors: 2, neverArrived: 1, refused: 1, denied: 2, posture: "mutual" };
    expect(joinRows([[callee], [caller]])).toEqual([whole]);
    expect(joinRows([[caller], [callee]])).toEqual([whole]);
  });

  it("leaves out edges on which nothing happened in the window", () => {
    expect(joinRows([[half]])).toEqual([]);
  });

  it("tells the posture that the demo built", () => {
    expect(posture("internet", "gateway")).toBe("oneWay");
    expect(posture("payments", "card-network")).toBe("oneWay");
    expect(posture("legacy-report", "ledger")).toBe("plaintext");
    expect(posture("audit-export", "ledger")).toBe("plaintext");
    expect(posture("rogue-job", "ledger")).toBe("refused");
    expect(posture("payments", "ledger")).toBe("mutual");
  });
});

describe("parseSpan", () => {
  it("takes both spellings of a time, and open ends", () => {
    expect(parseSpan("2026-11-21T14:00:00.000Z", "1795269660000")).toEqual({ fromMs: 1_795_269_600_000, toMs: 1_795_269_660_000 });
    expect(parseSpan(null, null)).toEqual(ALWAYS);
  });

  it("refuses what is no time, and an end before its beginning", () => {
    expect(() => parseSpan("yesterday", null)).toThrow('"yesterday" is not a time');
    expect(() => parseSpan("2000", "1000")).toThrow("after `to`");
  });
});
