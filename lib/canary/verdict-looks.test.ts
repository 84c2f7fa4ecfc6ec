import { describe, expect, it } from "vitest";

import type { EdgeTraffic } from "#lib/model/red.ts";
import type { Verdict } from "#lib/model/verdict.ts";
import { secondsWindow, trafficOf } from "#lib/testing/builders.ts";

import { judgeVersions } from "./verdict.ts";
import { VerdictLooks } from "./verdict-looks.ts";

interface Seen {
  candidate: Partial<EdgeTraffic>;
  baseline?: Partial<EdgeTraffic>;
  /** The window, in seconds. */
  from?: number;
  to?: number;
}

function judge({ candidate, baseline = { count: 20_000, errorCount: 40 }, from = 0, to = 60 }: Seen): Verdict {
  return judgeVersions(
    { version: "v2", traffic: trafficOf(candidate) },
    { version: "v1", traffic: trafficOf(baseline) },
    secondsWindow(from, to),
  );
}

const BOUNDS = [50, 100, 200, 300];
const SLOW = { boundsMs: BOUNDS, counts: [0, 0, 0, 40, 0] };
const FAST = { boundsMs: BOUNDS, counts: [0, 400, 0, 0, 0] };

/** A small generator with a seed: two runs of the simulation see the same calls. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

describe("VerdictLooks", () => {
  it("holds the word until the smaller side has doubled, with the newest figures beside it", () => {
    const looks = new VerdictLooks();
    expect(looks.hold("s", judge({ candidate: { count: 100, errorCount: 1 } })).word).toBe("no-difference");
    const between = judge({ candidate: { count: 190, errorCount: 5 } });
    expect(between.word).toBe("very-likely");
    const held = looks.hold("s", between);
    expect(held).toMatchObject({ word: "no-difference", direction: "none", errors: { candidate: { n: 190, errors: 5 } } });
    expect(held.sentence).toBe("v2 fails 2.6 % of calls, v1 0.2 %, n = 190: no difference seen");
    expect(looks.hold("s", judge({ candidate: { count: 200, errorCount: 5 } }))).toMatchObject({ word: "very-likely", direction: "worse" });
  });

  it("holds a bad word as well as a good one", () => {
    const looks = new VerdictLooks();
    looks.hold("s", judge({ candidate: { count: 200, errorCount: 4 } }));
    const held = looks.hold("s", judge({ candidate: { count: 390, errorCount: 4 }, baseline: { count: 39_000, errorCount: 195 } }));
    expect(held.sentence).toBe("v2 fails 1.0 % of calls, v1 0.5 %, n = 390: very likely worse");
  });

  it("starts anew with a new split", () => {
    const looks = new VerdictLooks();
    looks.hold("s", judge({ candidate: { count: 100, errorCount: 2 } }));
    expect(looks.hold("t", judge({ candidate: { count: 190, errorCount: 4 } })).word).toBe("very-likely");
  });

  it("does not hold on to a word when too few calls are left in the window", () => {
    const looks = new VerdictLooks();
    looks.hold("s", judge({ candidate: { count: 200, errorCount: 4 } }));
    expect(looks.hold("s", judge({ candidate: { count: 60, errorCount: 2 } }))).toMatchObject({ word: "too-few", direction: "none" });
  });

  it("does not look again each time a sliding window crosses a milestone", () => {
    const looks = new VerdictLooks();
    looks.hold("s", judge({ candidate: { count: 405, errorCount: 4 } }));
    looks.hold("s", judge({ candidate: { count: 395, errorCount: 4 } }));
    const again = judge({ candidate: { count: 401, errorCount: 7 } });
    expect(again.word).toBe("very-likely");
    expect(looks.hold("s", again).word).toBe("no-difference");
  });

  it("looks again once nothing of what it saw is left in the window", () => {
    const looks = new VerdictLooks();
    looks.hold("s", judge({ candidate: { count: 300, errorCount: 3 }, from: 0, to: 600 }));
    const later = { count: 300, errorCount: 6 };
    expect(looks.hold("s", judge({ candidate: later, from: 590, to: 1190 })).word).toBe("no-difference");
    expect(looks.hold("s", judge({ candidate: later, from: 600, to: 1200 })).word).toBe("very-likely");
  });

  it("does not wait to say what no number of looks explains", () => {
    const looks = new VerdictLooks();
    looks.hold("s", judge({ candidate: { count: 1_700, errorCount: 4 } }));
    expect(looks.hold("s", judge({ candidate: { count: 1_750, errorCount: 200 } })).sentence).toBe(
      "v2 fails 11 % of calls, v1 0.2 %, n = 1,750: very likely worse",
    );
  });

  it("never glues a word about durations to a sentence about errors, nor the other way round", () => {
    const looks = new VerdictLooks();
    const slow = judge({
      candidate: { count: 150, latency: { ...SLOW, counts: [0, 0, 0, 150, 0] } },
      baseline: { count: 400, latency: FAST },
    });
    expect(slow.sentence).toBe("v2 takes p95 295 ms, v1 98 ms, n = 150: very likely slower");
    looks.hold("s", slow);
    const failing = judge({
      candidate: { count: 160, errorCount: 4, latency: { ...SLOW, counts: [0, 160, 0, 0, 0] } },
      baseline: { count: 400, latency: FAST },
    });
    expect(failing.sentence).toBe("v2 fails 2.5 % of calls, v1 0 %, n = 160: likely worse");
    expect(looks.hold("s", failing).sentence).toBe("v2 takes p95 98 ms, v1 98 ms, n = 160: very likely slower");
    const other = new VerdictLooks();
    other.hold("s", failing);
    expect(other.hold("s", { ...slow, latency: { ...slow.latency, p: 0.0005 } }).sentence).toBe(
      "v2 fails 0 % of calls, v1 0 %, n = 150: likely worse",
    );
  });

  it("remembers a thousand splits and forgets the one looked at longest ago", () => {
    const looks = new VerdictLooks();
    const calm = judge({ candidate: { count: 100, errorCount: 2 } });
    for (let split = 0; split <= 1_000; split++) looks.hold(`s${split}`, calm);
    const fresh = judge({ candidate: { count: 190, errorCount: 4 } });
    expect(looks.hold("s1", fresh).word).toBe("no-difference");
    expect(looks.hold("s0", fresh).word).toBe("very-likely");
  });

  it("seldom calls two identical versions different, however often it is asked", () => {
    const RUNS = 250;
    const random = randomFrom(7);
    const failures = (calls: number): number => {
      let failed = 0;
      for (let call = 0; call < calls; call++) if (random() < 0.02) failed++;
      return failed;
    };
    let [alarms, unheldAlarms] = [0, 0];
    for (let run = 0; run < RUNS; run++) {
      const looks = new VerdictLooks();
      let [candidate, baseline, isAlarmed, isUnheldAlarmed] = [0, 0, false, false];
      for (let n = 25; n <= 1_600; n += 25) {
        candidate += failures(25);
        baseline += failures(100);
        const fresh = judge({ candidate: { count: n, errorCount: candidate }, baseline: { count: n * 4, errorCount: baseline } });
        isUnheldAlarmed ||= fresh.direction !== "none";
        isAlarmed ||= looks.hold("s", fresh).direction !== "none";
      }
      if (isAlarmed) alarms++;
      if (isUnheldAlarmed) unheldAlarms++;
    }
    expect(alarms / RUNS).toBeLessThan(0.06);
    // Without the holding it is much worse, or this test would prove nothing.
    expect(unheldAlarms).toBeGreaterThan(alarms * 1.5);
  });
});
