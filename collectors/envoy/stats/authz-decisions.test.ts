import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { authzDecisions } from "./authz-decisions.ts";

describe("decisions about a request", () => {
  it.each([
    [
      "the policy that let it in",
      { deny_enforced_engine_result: "allowed", allow_enforced_engine_result: "allowed", allow_enforced_effective_policy_id: "teller" },
      [{ mode: "enforced", outcome: "allowed", policy: "teller" }],
    ],
    [
      "the stage that denied it, though another had let it in",
      { a_enforced_engine_result: "allowed", a_enforced_effective_policy_id: "x", b_enforced_engine_result: "denied" },
      [{ mode: "enforced", outcome: "denied", policy: null }],
    ],
    [
      "both modes apart, under any prefix",
      {
        shadow_enforced_engine_result: "allowed",
        enforced_shadow_engine_result: "denied",
        enforced_shadow_effective_policy_id: "would\u202e",
      },
      [
        { mode: "enforced", outcome: "allowed", policy: null },
        { mode: "shadow", outcome: "denied", policy: "would\\u{202e}" },
      ],
    ],
    ["nothing where nobody was asked", { enforced_engine_result: "perhaps" }, []],
  ])("name %s", (_case, metadata, decisions) => {
    expect(authzDecisions(JSON.stringify(metadata))).toEqual(decisions);
  });

  it("are none, whatever stands there instead", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(authzDecisions(text).length).toBeLessThan(3);
      }),
    );
    expect(["", "-", "[]", "null", "{", '"x"'].flatMap(authzDecisions)).toEqual([]);
  });
});
