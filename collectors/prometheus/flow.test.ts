import { describe, expect, it } from "vitest";

import { ok, WeftError, type Result } from "#lib/model/errors.ts";
import { createFakeTime } from "#lib/testing/fake-time.ts";

import { Breaker } from "./breaker.ts";
import { Gate } from "./gate.ts";
import { KeptAnswers } from "./kept-answers.ts";
import { LateDurations } from "./late-durations.ts";
import { SharedFlights } from "./shared-flights.ts";

const boom = new WeftError("SOURCE_UNREACHABLE", "It is gone.", { mend: "Start it." });

/** A promise that a test resolves. */
function pending<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  return Promise.withResolvers<T>();
}

function failing(times: number): { breaker: Breaker; time: ReturnType<typeof createFakeTime> } {
  const time = createFakeTime();
  const breaker = new Breaker("store", time.clock);
  for (let round = 0; round < times; round++) {
    breaker.admit();
    breaker.failed(boom);
  }
  return { breaker, time };
}

describe("the breaker", () => {
  it("opens after five failures in a row, and not before", () => {
    const { breaker } = failing(4);
    expect([breaker.state, breaker.admit().ok]).toEqual(["closed", true]);
    breaker.failed(boom);
    expect(breaker.state).toBe("open");
    expect(breaker.admit()).toMatchObject({
      ok: false,
      error: {
        code: "SOURCE_UNREACHABLE",
        sourceId: "store",
        isRetryable: true,
        mend: "Start it.",
        message: "store failed 5 times in a row and is asked again every 10 s. The last failure: It is gone.",
      },
    });
  });

  it("counts only failures in a row", () => {
    const { breaker } = failing(4);
    breaker.succeeded();
    for (let round = 0; round < 4; round++) breaker.failed(boom);
    expect(breaker.state).toBe("closed");
  });

  it("lets one question try every ten seconds", async () => {
    const { breaker, time } = failing(5);
    await time.advance(9_999);
    expect(breaker.admit().ok).toBe(false);
    await time.advance(1);
    expect([breaker.admit().ok, breaker.state, breaker.admit().ok]).toEqual([true, "half-open", false]);
    breaker.failed(boom);
    expect([breaker.state, breaker.admit().ok]).toEqual(["open", false]);
    await time.advance(10_000);
    expect(breaker.admit().ok).toBe(true);
    breaker.succeeded();
    expect([breaker.state, breaker.admit().ok, breaker.admit().ok]).toEqual(["closed", true, true]);
  });

  it("lets the next one try when the one that tried was given up", async () => {
    const { breaker, time } = failing(5);
    await time.advance(10_000);
    breaker.admit();
    breaker.neither();
    expect([breaker.state, breaker.admit().ok]).toEqual(["open", true]);
  });

  it("does not care for the wall clock", async () => {
    const { breaker, time } = failing(5);
    time.setWall(0);
    expect(breaker.admit().ok).toBe(false);
    await time.advance(10_000);
    expect(breaker.admit().ok).toBe(true);
  });
});

const gateOf = (scheduler: ReturnType<typeof createFakeTime>["scheduler"]) =>
  new Gate({ sourceId: "store", concurrency: 2, queueLimit: 3, waitMs: 1_000, scheduler });

describe("the gate", () => {
  it("lets two through, keeps three waiting, and refuses the rest in plain words", async () => {
    const time = createFakeTime();
    const { scheduler } = time;
    const gate = gateOf(scheduler);
    const begun: number[] = [];
    const tasks = Array.from({ length: 6 }, () => pending<Result<number>>());
    const answers = tasks.map((task, index) =>
      gate.pass(undefined, () => {
        begun.push(index);
        return task.promise;
      }),
    );
    expect(begun).toEqual([0, 1]);
    expect([gate.running, gate.waiting]).toEqual([2, 3]);
    expect(await answers[5]).toMatchObject({
      ok: false,
      error: { code: "SOURCE_REFUSED", message: "store is busy: 2 questions are under way and 3 wait, so this one was not put." },
    });
    tasks[1]?.resolve(ok(1));
    await time.settle();
    expect(begun).toEqual([0, 1, 2]);
    for (const [index, task] of tasks.entries()) task.resolve(ok(index));
    expect(await Promise.all(answers.slice(0, 5))).toEqual([0, 1, 2, 3, 4].map((value) => ok(value)));
    expect([gate.running, gate.waiting]).toEqual([0, 0]);
  });

  it("gives up waiting after a while, or when the asker does, and keeps no place for them", async () => {
    const time = createFakeTime();
    const { scheduler } = time;
    const gate = gateOf(scheduler);
    const busy = pending<Result<number>>();
    const running = [gate.pass(undefined, () => busy.promise), gate.pass(undefined, () => busy.promise)];
    const asker = new AbortController();
    let isBegun = false;
    const begin = async (): Promise<Result<number>> => {
      isBegun = true;
      return ok(0);
    };
    const [late, left] = [gate.pass(undefined, begin), gate.pass(asker.signal, begin)];
    asker.abort();
    expect(await left).toMatchObject({ ok: false, error: { code: "SOURCE_UNREACHABLE" } });
    await time.advance(1_000);
    expect(await late).toMatchObject({
      ok: false,
      error: { code: "TIMEOUT", message: "store is busy: this question waited 1000 ms for its turn." },
    });
    expect(gate.waiting).toBe(0);
    busy.resolve(ok(1));
    await Promise.all(running);
    await time.settle();
    expect([isBegun, gate.running]).toEqual([false, 0]);
  });

  it("frees the place of a task that throws", async () => {
    const gate = gateOf(createFakeTime().scheduler);
    await expect(gate.pass(undefined, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(gate.running).toBe(0);
  });
});

describe("shared flights", () => {
  it("put equal questions once, and others by themselves", async () => {
    const flights = new SharedFlights();
    const task = pending<Result<number>>();
    let asked = 0;
    const ask = (): Promise<Result<number>> => {
      asked++;
      return task.promise;
    };
    const all = [flights.join("a", undefined, ask), flights.join("a", undefined, ask), flights.join("b", undefined, ask)];
    expect([asked, flights.size]).toEqual([2, 2]);
    task.resolve(ok(7));
    expect(await Promise.all(all)).toEqual([ok(7), ok(7), ok(7)]);
    expect(flights.size).toBe(0);
    await flights.join("a", undefined, ask);
    expect(asked).toBe(3);
  });

  it("are given up with the last who waits, and then begin anew", async () => {
    const flights = new SharedFlights();
    const signals: AbortSignal[] = [];
    const ask = (signal: AbortSignal): Promise<Result<number>> => {
      signals.push(signal);
      return pending<Result<number>>().promise;
    };
    const [one, two] = [new AbortController(), new AbortController()];
    const answers = [flights.join("a", one.signal, ask), flights.join("a", two.signal, ask)];
    one.abort();
    expect(await answers[0]).toMatchObject({ ok: false });
    expect(signals[0]?.aborted).toBe(false);
    two.abort();
    expect(await answers[1]).toMatchObject({ ok: false });
    expect(signals[0]?.aborted).toBe(true);
    void flights.join("a", undefined, ask);
    expect([signals.length, signals[1]?.aborted]).toEqual([2, false]);
  });

  it("are not begun for who has already gone", async () => {
    const flights = new SharedFlights();
    expect(await flights.join("a", AbortSignal.abort(), () => Promise.reject(new Error("asked")))).toMatchObject({ ok: false });
  });
});

describe("answers that are kept", () => {
  const answer = { value: 1, provenance: [], notices: [], coverage: "complete" as const };

  it("come back stale, with the time and the reason, where there was one", async () => {
    const time = createFakeTime(Date.UTC(2026, 0, 1));
    const { clock } = time;
    const kept = new KeptAnswers<number>("store", clock);
    expect(kept.orStale("a", boom)).toEqual({ ok: false, error: boom });
    kept.keep("a", "1", answer);
    await time.advance(3_600_000);
    expect(kept.orStale("a", boom)).toMatchObject({
      ok: true,
      value: {
        value: 1,
        coverage: "stale",
        notices: [
          { code: "stale", text: "Stale since 2026-01-01T00:00:00.000Z: store gave no newer answer. It is gone.", mend: "Start it." },
        ],
      },
    });
    expect(answer.notices).toEqual([]);
    expect(kept.orStale("b", boom).ok).toBe(false);
  });

  it("serve the same question again for a moment", async () => {
    const time = createFakeTime();
    const { clock } = time;
    const kept = new KeptAnswers<number>("store", clock);
    kept.keep("a", "1", answer);
    await time.advance(1_000);
    expect([kept.recent("a", 1_000, "1"), kept.recent("a", 999, "1"), kept.recent("a", 1_000, "2"), kept.recent("a", 1_000)]).toEqual([
      answer,
      null,
      null,
      answer,
    ]);
  });

  it("are bounded in number, the oldest going first", () => {
    const kept = new KeptAnswers<number>("store", createFakeTime().clock);
    for (let index = 0; index <= 32; index++) kept.keep(String(index), "", answer);
    expect([kept.recent("0", 1), kept.recent("1", 1)]).toEqual([null, answer]);
  });
});

describe("late durations", () => {
  const spread = new Map([["edge", { latency: { boundsMs: [1], counts: [1, 0] }, durations: undefined }]]);

  it("are there for thirty seconds, and fetched one at a time", async () => {
    const time = createFakeTime();
    const { clock } = time;
    const late = new LateDurations(clock);
    let asked = 0;
    const fetch = async (): Promise<Result<typeof spread>> => {
      asked++;
      return ok(spread);
    };
    late.refresh("a", fetch);
    late.refresh("a", fetch);
    expect([asked, late.take("a")]).toEqual([1, null]);
    await time.settle();
    expect(late.take("a")?.found).toEqual(spread);
    late.refresh("a", fetch);
    expect(asked).toBe(1);
    await time.advance(10_000);
    late.refresh("a", fetch);
    expect(asked).toBe(2);
    await time.settle();
    await time.advance(30_000);
    expect(late.take("a")?.found).toEqual(spread);
    await time.advance(1);
    expect(late.take("a")).toBeNull();
  });

  /** Each is fetched until a test lets it end. */
  function queued() {
    const time = createFakeTime();
    const late = new LateDurations(time.clock);
    const asked: string[] = [];
    const tasks = new Map<string, ReturnType<typeof pending<Result<typeof spread>>>>();
    const fetch =
      (key: string, says = key) =>
      () => {
        asked.push(says);
        const task = pending<Result<typeof spread>>();
        tasks.set(key, task);
        return task.promise;
      };
    const end = async (key: string): Promise<void> => {
      tasks.get(key)?.resolve(ok(spread));
      await time.settle();
    };
    return { time, late, asked, fetch, end };
  }

  it("wait for their turn, the newest first, and are asked for once", async () => {
    const { late, asked, fetch, end } = queued();
    for (const key of ["a", "b", "c", "b", "a", "c"]) late.refresh(key, fetch(key));
    expect(asked).toEqual(["a"]);
    await end("a");
    expect(asked).toEqual(["a", "c"]);
    late.refresh("a", fetch("a"));
    late.ensure("c", fetch("c"));
    await end("c");
    expect(asked).toEqual(["a", "c", "b"]);
    await end("b");
    expect(asked).toEqual(["a", "c", "b"]);
    expect(["a", "b", "c"].map((key) => late.take(key)?.found)).toEqual([spread, spread, spread]);
  });

  it("are bounded in number while they wait, the oldest going first", async () => {
    const { late, asked, fetch, end } = queued();
    const keys = Array.from({ length: 11 }, (_, index) => String(index));
    for (const key of keys) late.refresh(key, fetch(key));
    for (const key of ["0", ...keys.toReversed()]) await end(key);
    expect(asked).toEqual(["0", "10", "9", "8", "7", "6", "5", "4", "3"]);
  });

  it("are not fetched for who has not asked for half a minute", async () => {
    const { time, late, asked, fetch, end } = queued();
    for (const key of ["a", "b", "c"]) late.refresh(key, fetch(key));
    await time.advance(30_000);
    late.ensure("b", fetch("b", "b, counted again"));
    await time.advance(1);
    await end("a");
    await end("b");
    // What was counted for the first question serves the second one.
    expect(asked).toEqual(["a", "b"]);
    late.refresh("c", fetch("c"));
    expect(asked).toEqual(["a", "b", "c"]);
  });

  it("are ensured only where they are not there", async () => {
    const { time, late, asked, fetch, end } = queued();
    late.ensure("a", fetch("a"));
    await end("a");
    await time.advance(30_000);
    late.ensure("a", fetch("a"));
    expect(asked).toEqual(["a"]);
    await time.advance(1);
    late.ensure("a", fetch("a"));
    expect(asked).toEqual(["a", "a"]);
  });

  it("say why they are missing", async () => {
    const time = createFakeTime();
    const { clock } = time;
    const late = new LateDurations(clock);
    late.refresh("a", async () => ({ ok: false, error: boom }));
    await time.settle();
    expect(late.take("a")).toMatchObject({ found: new Map(), isWhole: true, error: boom });
  });

  it("may come in parts, of which the first never stands in for a whole one", async () => {
    const time = createFakeTime();
    const late = new LateDurations(time.clock);
    const rest = pending<Result<typeof spread>>();
    const averages = new Map([["edge", { latency: null, durations: { sumMs: 5, count: 1 } }]]);
    late.refresh("a", (publish) => {
      publish(averages);
      return rest.promise;
    });
    expect(late.take("a")).toMatchObject({ found: averages, isWhole: false });
    rest.resolve(ok(spread));
    await time.settle();
    expect(late.take("a")).toMatchObject({ found: spread, isWhole: true });
    await time.advance(20_000);
    late.refresh("a", async (publish) => {
      publish(averages);
      expect(late.take("a")?.found).toEqual(spread);
      return { ok: false, error: boom };
    });
    await time.settle();
    expect(late.take("a")).toMatchObject({ found: new Map(), error: boom });
  });

  it("leave a slow store a pause of nine times what they took", async () => {
    const time = createFakeTime();
    const { clock } = time;
    const late = new LateDurations(clock);
    const slow = pending<Result<typeof spread>>();
    let asked = 0;
    late.refresh("a", () => slow.promise);
    await time.advance(2_500);
    slow.resolve(ok(spread));
    await time.settle();
    const again = async (): Promise<Result<typeof spread>> => {
      asked++;
      return ok(spread);
    };
    await time.advance(22_499);
    late.refresh("a", again);
    expect(asked).toBe(0);
    await time.advance(1);
    late.refresh("a", again);
    expect(asked).toBe(1);
  });
});
