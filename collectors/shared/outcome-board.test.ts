import { describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import { SourceStatus } from "#lib/model/source.ts";
import { createFakeTime } from "#lib/testing/fake-time.ts";

import { OutcomeBoard } from "./outcome-board.ts";

const lost = new WeftError("SOURCE_UNREACHABLE", "jaeger: 127.0.0.1:1 refused the connection.", { mend: "Start it." });

function boardOf(outcomes: string): { board: OutcomeBoard; time: ReturnType<typeof createFakeTime> } {
  const time = createFakeTime();
  const about = { id: "jaeger", kind: "jaeger", address: "http://127.0.0.1:1", gives: ["traces"], dims: ["its traces"], clock: time.clock };
  const board = new OutcomeBoard(about);
  for (const outcome of outcomes) {
    if (outcome === "+") board.answered(time.clock.nowMs(), 12);
    else board.failed(lost, time.clock.nowMs());
  }
  return { board, time };
}

describe("OutcomeBoard", () => {
  it.each([
    ["", "starting"],
    ["+", "healthy"],
    ["-", "down"],
    ["+-", "degraded"],
    ["+--", "down"],
    ["--", "down"],
    ["-+", "healthy"],
    ["+--+-", "degraded"],
  ])("after %j it is %s", (outcomes, state) => {
    const status = boardOf(outcomes).board.status();
    expect(status.state).toBe(state);
    expect(SourceStatus.parse(status)).toEqual(status);
  });

  it("says what is wrong, how to mend it and what is missing", () => {
    expect(boardOf("+--").board.status()).toMatchObject({
      lastError: "jaeger: 127.0.0.1:1 refused the connection.",
      mend: "Start it.",
      dims: ["its traces"],
      coverage: { n: 0, of: 1 },
      answeredInMs: 12,
    });
    expect(boardOf("+").board.status()).toMatchObject({ lastError: null, mend: null, dims: [], coverage: { n: 1, of: 1 } });
  });

  it("knows since when", async () => {
    const { board, time } = boardOf("+");
    const sinceMs = time.clock.nowMs();
    await time.advance(5_000);
    board.answered(time.clock.nowMs(), 3);
    expect(board.status().since).toBe(new Date(sinceMs).toISOString());
    board.failed(lost, time.clock.nowMs());
    expect(board.status().since).toBe(new Date(sinceMs + 5_000).toISOString());
  });

  it("remembers the newest trace, whatever the order", () => {
    const { board } = boardOf("+");
    for (const atMs of [2_000, 9_000, 5_000]) board.saw(atMs);
    expect(board.status().newestData).toBe("1970-01-01T00:00:09.000Z");
  });
});
