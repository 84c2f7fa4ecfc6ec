import { describe, expect, it } from "vitest";

import { externalId, INTERNET_ID, serviceId, UNIDENTIFIED_ID, unknownId, UNTRACED_ID } from "#lib/model/ids.ts";
import type { EdgeTraffic } from "#lib/model/red.ts";
import type { TrafficKey } from "#lib/ports/series-store.ts";
import type { ToldRow } from "#lib/ports/sources.ts";
import { rowOf } from "#lib/testing/builders.ts";

import { mergeTold } from "./merge-told.ts";

const GATEWAY = serviceId("shop", "gateway");
const FRONTEND = serviceId("shop", "frontend");
const REVIEWS = serviceId("reviews", "reviews");

function told(toldBy: string, key: Partial<TrafficKey>, traffic: Partial<EdgeTraffic> = { count: 1 }): ToldRow {
  return { ...rowOf(key, traffic), toldBy, seenBy: [toldBy] };
}

const edges = (rows: readonly ToldRow[]): unknown[][] =>
  rows.map(({ key, traffic, toldBy, seenBy }) => [`${key.source}|${key.target}|${key.protocol}`, traffic.count, toldBy, seenBy.join("+")]);

describe("mergeTold", () => {
  it("takes an edge's numbers from the strongest source that saw it, and says who else did", () => {
    const merged = mergeTold([
      [told("proxies", { source: FRONTEND, target: REVIEWS }, { count: 100 })],
      [told("spans", { source: FRONTEND, target: REVIEWS }, { count: 97 })],
    ]);
    expect(edges(merged)).toEqual([[`${FRONTEND}|${REVIEWS}|http`, 100, "proxies", "proxies+spans"]]);
  });

  it("adds what only a weaker source saw", () => {
    const merged = mergeTold([
      [told("proxies", { source: FRONTEND, target: REVIEWS })],
      [told("spans", { source: REVIEWS, target: externalId("mail.example") }, { count: 7 })],
    ]);
    expect(edges(merged).at(-1)).toEqual([`${REVIEWS}|external/mail.example|http`, 7, "spans", "spans"]);
  });

  it("leaves out a caller that spans cannot name where the callers are known", () => {
    const merged = mergeTold([
      [
        told("proxies", { source: INTERNET_ID, target: GATEWAY }),
        told("proxies", { source: REVIEWS, target: externalId("x"), reporter: "source" }),
      ],
      [
        told("spans", { source: UNTRACED_ID, target: GATEWAY }),
        told("spans", { source: UNTRACED_ID, target: externalId("x") }),
        told("spans", { source: UNTRACED_ID, target: "shop/batch" }),
      ],
    ]);
    expect(edges(merged).map(([id]) => id)).toEqual([
      `${INTERNET_ID}|${GATEWAY}|http`,
      `${REVIEWS}|external/x|http`,
      `${UNTRACED_ID}|shop/batch|http`,
    ]);
  });

  it("counts a caller once that only the stronger knows by its address, and keeps it where the stronger did not count arrivals", () => {
    const nameless = (target: string, protocol: TrafficKey["protocol"] = "http"): ToldRow =>
      told("store", { source: UNIDENTIFIED_ID, target, protocol }, { count: 32 });
    const merged = mergeTold([
      [
        told("proxies", { source: unknownId("nightly-report"), target: REVIEWS }, { count: 32 }),
        told("proxies", { source: FRONTEND, target: "shop/mail", reporter: "source" }),
      ],
      [nameless(REVIEWS), nameless(REVIEWS, "tcp"), nameless("shop/mail"), nameless("shop/batch")],
    ]);
    expect(edges(merged).map(([id, , by]) => `${String(by)}: ${String(id)}`)).toEqual([
      `proxies: unknown/nightly-report|${REVIEWS}|http`,
      `proxies: ${FRONTEND}|shop/mail|http`,
      `store: ${UNIDENTIFIED_ID}|${REVIEWS}|tcp`,
      `store: ${UNIDENTIFIED_ID}|shop/mail|http`,
      `store: ${UNIDENTIFIED_ID}|shop/batch|http`,
    ]);
  });

  it("knows a service that a sender named without its namespace, unless two have that name", () => {
    const strong = [told("proxies", { source: FRONTEND, target: REVIEWS })];
    const weak = [told("spans", { source: unknownId("frontend"), target: unknownId("reviews") })];
    expect(edges(mergeTold([strong, weak]))).toEqual([[`${FRONTEND}|${REVIEWS}|http`, 1, "proxies", "proxies+spans"]]);
    const twins = [...strong, told("proxies", { source: "other/frontend", target: REVIEWS })];
    expect(mergeTold([twins, weak])).toHaveLength(3);
  });

  it("knows a callee that a client names only by its host, unless the stronger source has such a host, too", () => {
    const strong = [told("proxies", { source: FRONTEND, target: REVIEWS })];
    const weak = [told("spans", { source: FRONTEND, target: externalId("reviews"), reporter: "source" })];
    expect(edges(mergeTold([strong, weak]))).toEqual([[`${FRONTEND}|${REVIEWS}|http`, 1, "proxies", "proxies+spans"]]);
    const both = [...strong, told("proxies", { source: GATEWAY, target: externalId("reviews") })];
    expect(mergeTold([both, weak])).toHaveLength(3);
  });

  it("takes the stronger source's word for the protocol", () => {
    const merged = mergeTold([
      [told("proxies", { source: REVIEWS, target: "reviews/ratings", protocol: "grpc" })],
      [told("spans", { source: REVIEWS, target: "reviews/ratings", protocol: "http" })],
    ]);
    expect(edges(merged)).toEqual([[`${REVIEWS}|reviews/ratings|grpc`, 1, "proxies", "proxies+spans"]]);
  });

  it("knows nothing of nobody", () => {
    expect(mergeTold([])).toEqual([]);
  });
});
