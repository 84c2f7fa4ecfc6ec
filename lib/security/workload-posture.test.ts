import { describe, expect, it } from "vitest";

import { WorkloadPosture } from "#lib/model/security.ts";
import { serviceOf, START_MS } from "#lib/testing/builders.ts";
import { certificateOf, listenerOf, loadOf, pictureOf, plaintextCallOf, refusalOf } from "#lib/testing/security-builders.ts";

import { type DemandPlace, placeOf } from "./steering.ts";
import { buildPostures } from "./tls-posture.ts";
import { buildWorkloads } from "./workload-posture.ts";

const LEDGER = "payments/ledger";

function placeWith(part: Partial<DemandPlace> = {}): DemandPlace {
  return { id: "folder:ledger", workload: LEDGER, demand: "permissive", location: "folder/ledger.json", problem: null, ...part };
}

describe("a workload", () => {
  it("accepts what any of its listeners accepts, demands the weakest of it, and presents its own identities", () => {
    const picture = pictureOf({
      listeners: [listenerOf(), listenerOf({ proxyId: "ledger-v1-1", demand: "strict" }), listenerOf({ nodeId: "shop/seen" })],
      certificates: [
        certificateOf({ nodeId: LEDGER }),
        certificateOf({ nodeId: LEDGER, id: "2" }),
        certificateOf({ nodeId: LEDGER, id: "ca", role: "authority", identities: [] }),
      ],
      refusals: [refusalOf({ count: 43 }), refusalOf({ source: null, count: 2 }), refusalOf({ witness: "caller", count: 9 })],
    });
    const loads = [loadOf({ source: "unknown/legacy", transport: { mutual: 0, oneWay: 0, plaintext: 2 } }), loadOf()];
    const edges = buildPostures({
      picture,
      loads,
      declared: [],
      declaredBy: "config",
      readAt: new Map(),
      demands: new Map(),
      toMs: START_MS,
    });
    const workloads = buildWorkloads({
      services: [serviceOf(LEDGER, { demand: "unknown" }), serviceOf("external/card", { kind: "external" })],
      picture,
      edges,
      steering: { places: new Map([[LEDGER, [placeWith()]]]), missing: "nowhere" },
    });
    for (const workload of workloads) expect(WorkloadPosture.parse(workload)).toEqual(workload);
    expect(workloads.map(({ id }) => id)).toEqual([LEDGER, "shop/seen"]);
    expect(workloads[0]).toMatchObject({
      demand: "permissive",
      accepts: [{ transport: "mutual" }],
      presents: [{ account: "payments" }],
      expiresAt: certificateOf().expiresAt,
      plaintextCallers: ["unknown/legacy"],
      refused: 54,
      proxies: { n: 1, of: 1 },
      object: { id: "folder:ledger", location: "folder/ledger.json" },
      notSteerable: null,
    });
    expect(workloads[1]).toMatchObject({
      refused: 0,
      object: null,
      notSteerable: "nowhere",
      proxies: { n: 1, of: 1 },
      expiresAt: null,
      presents: [],
    });
  });

  it("has no count of refusals where no proxy of it is known and nobody else tells of one", () => {
    const services = [serviceOf(LEDGER, { versions: [] })];
    const steering = { places: new Map(), missing: "nowhere" };
    const [silent] = buildWorkloads({ services, picture: pictureOf(), edges: [], steering });
    expect(silent).toMatchObject({ refused: null, proxies: { of: 0 } });
    const picture = pictureOf({ refusals: [refusalOf({ witness: "caller", count: 9 })] });
    const [told] = buildWorkloads({ services, picture, edges: [], steering });
    expect(told).toMatchObject({ refused: 9, proxies: { of: 0 } });
  });

  it("has plaintext callers that only its own side saw, but not those of before the window", () => {
    const picture = pictureOf({ calls: [plaintextCallOf({ count: 3 }), plaintextCallOf({ source: "unknown/old", count: 0 })] });
    const edges = buildPostures({
      picture,
      loads: [],
      declared: [],
      declaredBy: "config",
      readAt: new Map(),
      demands: new Map(),
      toMs: START_MS,
    });
    const [ledger] = buildWorkloads({
      services: [serviceOf(LEDGER)],
      picture,
      edges,
      steering: { places: new Map(), missing: "nowhere" },
    });
    expect(ledger?.plaintextCallers).toEqual(["unknown/legacy-report"]);
  });
});

describe("placeOf", () => {
  it("is one that can be written, rather than one that is strict already or cannot be", () => {
    const places = new Map([
      [LEDGER, [placeWith({ id: "c", problem: "It is no text" }), placeWith({ id: "b", demand: "strict" }), placeWith({ id: "a" })]],
      ["shop/odd", [placeWith({ problem: "It is no text" })]],
    ]);
    const steering = { places, missing: "nowhere" };
    expect(placeOf(steering, LEDGER)).toMatchObject({ place: { id: "a" }, reason: null });
    expect(placeOf(steering, "shop/odd")).toEqual({ place: null, reason: "It is no text" });
    expect(placeOf(steering, "shop/none")).toEqual({ place: null, reason: "nowhere" });
  });
});
