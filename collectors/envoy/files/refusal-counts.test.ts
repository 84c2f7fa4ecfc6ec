import { describe, expect, it } from "vitest";

import { describeRefusals } from "./refusal-counts.ts";

describe("describeRefusals", () => {
  const base = { rejected: 3, failed: 1, startedAtMs: 1_000 };

  it.each<[string, Parameters<typeof describeRefusals>, string | null]>([
    ["nothing rose", [{ rejected: 3, failed: 1 }, base, 1_000, null], null],
    ["one rejected", [{ rejected: 4, failed: 1 }, base, null, null], "update_rejected rose by 1"],
    ["one failed", [{ rejected: 3, failed: 2 }, base, null, null], "update_failure rose by 1"],
    ["both", [{ rejected: 5, failed: 2 }, base, null, null], "update_rejected rose by 2, update_failure rose by 1"],
    [
      "the process restarted and refused as often",
      [{ rejected: 3, failed: 1 }, base, 5_000, null],
      "update_rejected rose by 3, update_failure rose by 1",
    ],
    ["the process restarted and refused less often", [{ rejected: 1, failed: 0 }, base, null, null], "update_rejected rose by 1"],
    ["the process restarted and refused nothing", [{ rejected: 0, failed: 0 }, base, 5_000, null], null],
    ["a counter rose while the other fell", [{ rejected: 0, failed: 2 }, base, null, null], "update_failure rose by 2"],
    ["no baseline, older process", [{ rejected: 9, failed: 9 }, null, 1_000, 2_000], null],
    ["no baseline, unknown start", [{ rejected: 9, failed: 9 }, null, null, 2_000], null],
    ["no baseline, process started after the write", [{ rejected: 1, failed: 0 }, null, 3_000, 2_000], "update_rejected rose by 1"],
    ["no baseline, unknown write", [{ rejected: 1, failed: 0 }, null, 3_000, null], null],
  ])("when %s", (_, facts, words) => {
    expect(describeRefusals(...facts)).toBe(
      words === null ? null : `It refused the new file (${words}) and keeps what it had; the reason stands in its own log.`,
    );
  });
});
