import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { planMesh } from "../mesh/plan.ts";
import { faultNames, resolveApp } from "./names.ts";
import { InvalidFault, parseFaults } from "./parse.ts";
import { healthy, jobsOf, merge } from "./state.ts";

let port = 20_000;
const names = faultNames(planMesh(() => (port += 1), true).instances.map((instance) => instance.id));

function refusal(input: unknown): { field: string; detail: string; mend: string } {
  try {
    parseFaults(input, names);
  } catch (cause) {
    if (cause instanceof InvalidFault) return { field: cause.field, detail: cause.message, mend: cause.mend };
    throw cause;
  }
  throw new Error("it was taken");
}

describe("names", () => {
  it("lets a service stand for all its versions, and a version for a service that has only one", () => {
    expect(resolveApp("reviews", names.apps)).toEqual(["reviews@v1", "reviews@v2"]);
    expect(resolveApp("reviews@v2", names.apps)).toEqual(["reviews@v2"]);
    expect(resolveApp("ratings@v1", names.apps)).toEqual(["ratings"]);
    expect(resolveApp("ratings@v2", names.apps)).toEqual([]);
    expect(resolveApp("reviews@v3", names.apps)).toEqual([]);
    expect(resolveApp("gateway", names.apps)).toEqual([]);
  });
});

describe("parseFaults", () => {
  it("takes every fault", () => {
    const input = {
      load: "paused",
      rps: 12.5,
      errors: { "reviews@v2": { rate: 0.5, status: 503 }, ratings: { rate: 1 }, cart: null },
      delays: { reviews: { ms: 200, share: 0.1 }, cart: { ms: 10 } },
      proxies: { "frontend-v1-2.shop": "frozen" },
      apps: { ratings: "stopped" },
      partition: { "checkout-v1-0.shop": true },
      certificates: { payments: "wrong-san", cart: "expiring", kv: "expired", ledger: "valid" },
      plaintextCaller: false,
      secondPlaintextCaller: true,
      wrongSanCaller: true,
    };
    expect(parseFaults(input, names)).toEqual({
      ...input,
      errors: { "reviews@v2": { rate: 0.5, status: 503 }, ratings: { rate: 1, status: 14 }, cart: null },
      delays: { "reviews@v1": { ms: 200, share: 0.1 }, "reviews@v2": { ms: 200, share: 0.1 }, cart: { ms: 10, share: 1 } },
    });
  });

  it("takes a rate of 0 for taking the fault away", () => {
    expect(parseFaults({ errors: { cart: { rate: 0 } }, delays: { cart: { ms: 0 } } }, names)).toEqual({
      errors: { cart: null },
      delays: { cart: null },
    });
  });

  it.each([
    [{ load: "stopped" }, "load", '"stopped" is not possible here.', "Send one of: running, paused."],
    [{ rps: -1 }, "rps", "-1 is not a number from 0.1 to 500.", "Send a number from 0.1 to 500."],
    [{ rps: "60" }, "rps", '"60" is not a number from 0.1 to 500.', "Send a number from 0.1 to 500."],
    [{ errors: { "reviews@v2": { rate: 2 } } }, "errors.reviews@v2.rate", "2 is not a number from 0 to 1.", "Send a number from 0 to 1."],
    [
      { errors: { cart: { rate: 1, status: 200 } } },
      "errors.cart.status",
      "200 is not a number from 400 to 599.",
      "Send a number from 400 to 599.",
    ],
    [
      { errors: { cart: { rate: 1, code: 500 } } },
      "errors.cart.code",
      '"code" is not part of it.',
      "Send { rate, status }, or null to take it away.",
    ],
    [{ apps: { gateway: "stopped" } }, "apps.gateway", 'The demo has no "gateway".', expect.stringContaining("Known: frontend,")],
    [{ delays: { kv: { ms: 5 } } }, "delays.kv", 'The demo has no "kv".', expect.stringContaining("Known: frontend,")],
    [
      { proxies: { "nobody-v1-0.shop": "killed" } },
      "proxies.nobody-v1-0.shop",
      'The demo has no "nobody-v1-0.shop".',
      expect.stringContaining("gateway-v1-0.shop"),
    ],
    [{ partition: { "cart-v1-0.shop": "yes" } }, "partition.cart-v1-0.shop", '"yes" is neither true nor false.', "Send true or false."],
    [
      { certificates: { cart: "old" } },
      "certificates.cart",
      '"old" is not possible here.',
      "Send one of: valid, expiring, expired, wrong-san.",
    ],
    [{ wrongSanCaller: 1 }, "wrongSanCaller", "1 is neither true nor false.", "Send true or false."],
    [{ certificates: [] }, "certificates", "It is not an object.", "Send an object by name."],
    [{ explode: true }, "explode", 'There is no fault named "explode".', expect.stringContaining("plaintextCaller")],
    [[], "body", "It is not an object.", "Send a JSON object."],
    [null, "body", "It is not an object.", "Send a JSON object."],
  ])("refuses %j and says which field, why and what would be right", (input, field, detail, mend) => {
    expect(refusal(input)).toEqual({ field, detail, mend });
  });

  it("refuses inherited names too", () => {
    expect(refusal(JSON.parse('{"__proto__": 1, "constructor": {}}')).field).toMatch(/__proto__|constructor/);
  });

  it("takes or refuses anything at all, and never breaks", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("load", "rps", "errors", "delays", "proxies", "apps", "certificates", "x"), fc.jsonValue()),
        (input) => {
          try {
            parseFaults(input, names);
          } catch (cause) {
            expect(cause).toBeInstanceOf(InvalidFault);
          }
        },
      ),
    );
  });
});

describe("jobsOf", () => {
  const start = healthy(names, 60);

  it("has the old job alone call as long as nothing else is set", () => {
    expect(jobsOf(start)).toEqual(["legacy-report"]);
    expect(jobsOf(merge(start, { plaintextCaller: false }))).toEqual([]);
    expect(jobsOf(merge(start, { secondPlaintextCaller: true, wrongSanCaller: true }))).toEqual([
      "legacy-report",
      "audit-export",
      "rogue-job",
    ]);
  });
});

describe("merge", () => {
  const start = healthy(names, 60);

  it("starts with the one certificate that is near its end", () => {
    expect(Object.entries(start.certificates).filter(([, state]) => state !== "valid")).toEqual([["ratings", "expiring"]]);
  });

  it("changes only what was sent", () => {
    const changed = merge(start, { rps: 10, apps: { ratings: "stopped" } });
    expect(changed).toEqual({ ...start, rps: 10, apps: { ...start.apps, ratings: "stopped" } });
  });

  it("comes back to the start when everything is undone", () => {
    const broken = merge(start, {
      load: "paused",
      errors: { cart: { rate: 1, status: 500 } },
      delays: { cart: { ms: 5, share: 1 } },
      partition: { "cart-v1-0.shop": true },
      secondPlaintextCaller: true,
      wrongSanCaller: true,
    });
    const mended = merge(broken, {
      load: "running",
      errors: { cart: null },
      delays: { cart: null },
      partition: { "cart-v1-0.shop": false },
      secondPlaintextCaller: false,
      wrongSanCaller: false,
    });
    expect(mended).toEqual(start);
  });
});
