import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { PromSample } from "#collectors/shared/promql/dialect.ts";
import type { FoldedTraffic } from "#collectors/shared/promql/dialect.ts";

import { foldMetrics } from "./fold.ts";

type Answers = Record<string, PromSample[]>;

function fold(answers: Answers, all?: Answers): FoldedTraffic["rows"] {
  return foldMetrics(new Map(Object.entries(answers)), all === undefined ? undefined : new Map(Object.entries(all))).rows;
}

/** A request from shop/frontend to reviews/reviews v1, as the destination's proxy tells of it. */
function sample(value: number, labels: Record<string, string> = {}): PromSample {
  return {
    value,
    labels: withoutEmpty({
      reporter: "destination",
      source_workload_namespace: "shop",
      source_canonical_service: "frontend",
      source_workload: "frontend",
      destination_workload_namespace: "reviews",
      destination_canonical_service: "reviews",
      destination_canonical_revision: "v1",
      destination_workload: "reviews-v1",
      destination_service: "reviews.reviews.svc.cluster.local",
      destination_service_name: "reviews",
      destination_service_namespace: "reviews",
      request_protocol: "http",
      response_code: "200",
      response_flags: "-",
      connection_security_policy: "mutual_tls",
      ...labels,
    }),
  };
}

function withoutEmpty(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ""));
}

/** Who tells of himself, as it is asked beside what callers tell of those who may be silent. */
const telling = (...samples: PromSample[]): Answers => ({ "telling-requests": samples, "telling-connections": [] });

const FROM_SOURCE = { reporter: "source", connection_security_policy: "unknown" };
/** As a caller tells of a request whose destination it never reached. */
const NOBODY = {
  ...FROM_SOURCE,
  destination_workload: "unknown",
  destination_workload_namespace: "unknown",
  destination_canonical_service: "unknown",
  destination_canonical_revision: "latest",
  response_code: "503",
  response_flags: "UH",
};

describe("what is counted, and by whom", () => {
  it("takes the destination's count and leaves the caller's own alone", () => {
    const rows = fold({ "requests-arrived": [sample(40)], "requests-sent": [sample(42, FROM_SOURCE)] });
    expect(rows).toMatchObject([
      {
        key: { source: "shop/frontend", target: "reviews/reviews", protocol: "http", version: "v1", reporter: "destination" },
        traffic: { count: 40, errorCount: 0, countsAttempts: true, neverArrived: 0, transport: { mutual: 40, plaintext: 0 } },
      },
    ]);
  });

  it("counts what a waypoint tells once, and not again where the destination tells it", () => {
    const byWaypoint = sample(30, { reporter: "waypoint" });
    expect(fold({ "requests-arrived": [byWaypoint] })).toMatchObject([{ traffic: { count: 30 }, key: { reporter: "destination" } }]);
    expect(fold({ "requests-arrived": [byWaypoint, sample(31)] })).toMatchObject([{ traffic: { count: 31 } }]);
  });

  it("counts a destination without a proxy by its caller, and knows nothing of its transport", () => {
    const rows = fold({
      "requests-sent": [
        sample(12, {
          ...FROM_SOURCE,
          destination_workload: "unknown",
          destination_workload_namespace: "unknown",
          destination_canonical_service: "unknown",
          destination_canonical_revision: "unknown",
          destination_service: "api.example.com",
          destination_service_name: "api.example.com",
          destination_service_namespace: "unknown",
        }),
      ],
    });
    expect(rows).toMatchObject([
      {
        key: { source: "shop/frontend", target: "external/api.example.com", version: null, reporter: "source" },
        traffic: { count: 12, transport: { mutual: 0, oneWay: 0, plaintext: 0 } },
      },
    ]);
  });

  it("adds what never arrived to the edge that it was meant for, found by its host, and counts it as failed", () => {
    const rows = fold({ "requests-arrived": [sample(40)], "requests-lost": [sample(5, NOBODY)] });
    const total = rows.reduce((sum, row) => sum + row.traffic.count, 0);
    expect(total).toBe(45);
    expect(rows.every((row) => row.key.target === "reviews/reviews")).toBe(true);
    expect(rows.find((row) => row.traffic.neverArrived > 0)).toMatchObject({
      key: { version: null },
      traffic: { count: 5, errorCount: 5, neverArrived: 5, flags: { UH: 5 } },
    });
  });

  it("finds a host by all answers where it puts together one step in which nothing arrived", () => {
    const lost = { "requests-lost": [sample(5, { ...NOBODY, destination_service: "rel-reviews.reviews.svc.cluster.local" })] };
    const arrived = sample(0, { destination_service: "rel-reviews.reviews.svc.cluster.local" });
    expect(fold(lost)).toMatchObject([{ key: { target: "reviews/rel-reviews" } }]);
    expect(fold(lost, { ...lost, "requests-arrived": [arrived] })).toMatchObject([{ key: { target: "reviews/reviews" } }]);
    expect(fold(lost, { ...lost, "hosts-of-requests": [arrived] })).toMatchObject([{ key: { target: "reviews/reviews" } }]);
  });

  it("takes a caller's word for a destination that tells nothing, and for no other", () => {
    const sent = [sample(12, FROM_SOURCE), sample(5, { ...FROM_SOURCE, destination_canonical_service: "ratings" })];
    const rows = fold({ "requests-arrived": [sample(11)], "requests-sent-silent": sent, ...telling(sample(11)) });
    expect(rows.map(({ key, traffic }) => [key.target, key.reporter, traffic.count, traffic.transport.mutual])).toEqual([
      ["reviews/reviews", "destination", 11, 11],
      ["reviews/ratings", "source", 5, 0],
    ]);
    // Nor where the destination does not know its caller.
    const unnamed = sample(11, { source_canonical_service: "unknown", source_workload: "unknown" });
    const others = fold({ "requests-arrived": [unnamed], "requests-sent-silent": sent, ...telling(unnamed) });
    expect(others.map(({ key }) => `${key.source}>${key.target}`)).toEqual([
      "unknown/unidentified>reviews/reviews",
      "shop/frontend>reviews/ratings",
    ]);
    const lost = sample(2, { ...NOBODY, destination_service: "rel-ratings.reviews.svc.cluster.local" });
    const found = sample(5, {
      ...FROM_SOURCE,
      destination_canonical_service: "ratings",
      destination_service: "rel-ratings.reviews.svc.cluster.local",
    });
    const rest = { "requests-sent-silent": [found], "requests-lost": [lost] };
    expect(fold({ ...rest, ...telling() }).map(({ key }) => key.target)).toEqual(["reviews/ratings", "reviews/ratings"]);
    // Where it was not answered who tells of himself, nobody's word is doubled.
    expect(fold(rest).map(({ traffic }) => traffic.count)).toEqual([2]);
  });

  it.each([
    ["of another version", { destination_canonical_revision: "v2" }, 16],
    ["of another cluster", { destination_cluster: "west" }, 16],
    ["of the same", { destination_cluster: "east" }, 11],
    ["of a version that the caller does not know", { destination_canonical_revision: "latest" }, 11],
    ["of a cluster that the caller does not know", { destination_cluster: "unknown" }, 11],
  ])("adds what a caller tells %s to what the destination tells", (_name, labels, count) => {
    const teller = sample(11, { destination_cluster: "east" });
    const sent = sample(5, { ...FROM_SOURCE, destination_cluster: "east", ...labels });
    const spread = { "duration-sum": [{ ...teller, value: 110 }], "duration-sum-sent-silent": [{ ...sent, value: 500 }] };
    const rows = fold({ "requests-arrived": [sample(11)], "requests-sent-silent": [sent], ...spread, ...telling(teller) });
    expect(rows.reduce((sum, { traffic }) => sum + traffic.count, 0)).toBe(count);
    expect(rows.reduce((sum, { traffic }) => sum + (traffic.durations?.sumMs ?? 0), 0)).toBe(count === 11 ? 110 : 610);
    const unknowing = telling(sample(11, { destination_cluster: "", destination_canonical_revision: "" }));
    expect(fold({ "requests-arrived": [sample(11)], "requests-sent-silent": [sent], ...unknowing })).toMatchObject([
      { traffic: { count: 11 } },
    ]);
  });

  it("takes a caller's word in a step of a range in which the destination tells nothing yet", () => {
    const sent = { "requests-sent-silent": [sample(5, FROM_SOURCE)] };
    const all = { ...sent, "requests-arrived": [sample(11)], ...telling(sample(11)) };
    expect(fold({ ...sent, ...telling() }, all)).toMatchObject([{ traffic: { count: 5 } }]);
    expect(fold(all, all)).toMatchObject([{ traffic: { count: 11 } }]);
  });

  it("leaves connections of a version beside another's requests, whoever tells of them", () => {
    const tcp = { request_protocol: "tcp", response_code: "" };
    const v2 = { destination_canonical_revision: "v2" };
    const protocols = (answers: Answers) =>
      fold({ ...answers, ...telling(sample(1)) }).map(({ key, traffic }) => [key.protocol, traffic.count]);
    const silentRequests = { "requests-sent-silent": [sample(5, { ...FROM_SOURCE, ...v2 })] };
    expect(protocols({ ...silentRequests, "connections-arrived": [sample(9, tcp)] })).toEqual([
      ["http", 5],
      ["tcp", 9],
    ]);
    const silentConnections = { "connections-sent-silent": [sample(5, { ...FROM_SOURCE, ...v2, ...tcp })] };
    expect(protocols({ "requests-arrived": [sample(9)], ...silentConnections })).toEqual([
      ["http", 9],
      ["tcp", 5],
    ]);
  });

  it("counts what a caller failed on purpose", () => {
    const failed = sample(10, { ...NOBODY, response_flags: "FI" });
    const rows = fold({ "requests-arrived": [sample(90)], "requests-lost": [failed] });
    expect(rows.reduce((sum, { traffic }) => sum + traffic.errorCount, 0)).toBe(10);
    expect(rows.reduce((sum, { traffic }) => sum + traffic.count, 0)).toBe(100);
  });

  it("takes a caller's word for a version without a proxy beside one that has one, and for none that may be told of", () => {
    const sentTo = (version: string) => sample(5, { ...FROM_SOURCE, destination_canonical_revision: version });
    const rows = fold({
      "requests-arrived": [sample(11)],
      "requests-sent": [sentTo("v1"), sentTo("v2"), sentTo("latest"), sentTo("unknown")],
      "spread-sent": [{ ...sentTo("v2"), labels: { ...sentTo("v2").labels, le: "+Inf" } }],
    });
    expect(rows.map(({ key, traffic }) => [key.version, traffic.count, traffic.latency?.counts])).toEqual([
      ["v1", 11, undefined],
      ["v2", 5, [5]],
    ]);
    const nameless = sample(11, { destination_canonical_revision: "" });
    expect(fold({ "requests-arrived": [nameless], "requests-sent": [sentTo("v2")] })).toMatchObject([{ traffic: { count: 11 } }]);
  });

  it("adds up the parts in which it was asked for, and takes series that were asked for twice from their whole answer", () => {
    const few = { response_code: "", response_flags: "", destination_workload: "", destination_service_name: "" };
    const unnamed = { destination_canonical_service: "unknown" };
    const rows = fold({
      "requests-arrived": [sample(30, few), sample(7, { ...few, ...unnamed })],
      "requests-arrived-outcome-1": [sample(2, { response_code: "503", response_flags: "UC" })],
      "requests-arrived-lacking-destination_canonical_service": [sample(7, unnamed)],
    });
    expect(rows.map(({ key, traffic }) => [key.target, traffic.count, traffic.errorCount, traffic.flags])).toEqual([
      ["reviews/reviews", 32, 2, { UC: 2 }],
      ["reviews/reviews-v1", 7, 0, {}],
    ]);
  });

  it("is an edge also where nothing ever arrived", () => {
    expect(fold({ "requests-lost": [sample(5, NOBODY)] })).toMatchObject([
      { key: { target: "reviews/reviews", reporter: "source" }, traffic: { count: 5, neverArrived: 5 } },
    ]);
  });

  it.each([
    ["HTTP 500", { response_code: "500" }, 7],
    ["no answer", { response_code: "0", response_flags: "DC" }, 7],
    ["HTTP 404", { response_code: "404" }, 0],
    ["gRPC 14", { request_protocol: "grpc", grpc_response_status: "14" }, 7],
    ["gRPC 5, not found", { request_protocol: "grpc", grpc_response_status: "5" }, 0],
    ["gRPC 0", { request_protocol: "grpc", grpc_response_status: "0" }, 0],
  ])("judges %s", (_name, labels, errors) => {
    expect(fold({ "requests-arrived": [sample(7, labels)] })).toMatchObject([{ traffic: { count: 7, errorCount: errors } }]);
  });

  it.each([
    ["mutual_tls", { mutual: 9, oneWay: 0, plaintext: 0 }],
    ["none", { mutual: 0, oneWay: 0, plaintext: 9 }],
    ["unknown", { mutual: 0, oneWay: 0, plaintext: 0 }],
    ["", { mutual: 0, oneWay: 0, plaintext: 0 }],
  ])("reads the policy %j", (policy, transport) => {
    expect(fold({ "requests-arrived": [sample(9, { connection_security_policy: policy })] })).toMatchObject([{ traffic: { transport } }]);
  });
});

describe("who is who", () => {
  it.each([
    ["labels of the workload alone", { destination_canonical_service: "", destination_workload: "reviews-v1" }, "reviews/reviews-v1"],
    ["only a host", { destination_canonical_service: "", destination_workload: "", destination_workload_namespace: "" }, "reviews/reviews"],
    [
      "passthrough with a host",
      {
        destination_canonical_service: "unknown",
        destination_workload: "unknown",
        destination_service: "10.1.2.3",
        destination_service_name: "PassthroughCluster",
      },
      "external/10.1.2.3",
    ],
    [
      "black hole",
      {
        destination_canonical_service: "unknown",
        destination_workload: "unknown",
        destination_service: "unknown",
        destination_service_name: "BlackHoleCluster",
      },
      "external/BlackHoleCluster",
    ],
    [
      "nothing at all",
      {
        destination_canonical_service: "",
        destination_workload: "",
        destination_service: "",
        destination_service_name: "",
        destination_service_namespace: "",
      },
      "unknown/unidentified",
    ],
  ])("%s", (_name, labels, target) => {
    expect(fold({ "requests-arrived": [sample(1, labels)] })).toMatchObject([{ key: { target } }]);
  });

  it("does not make up a name for a caller without metadata", () => {
    const labels = { source_canonical_service: "unknown", source_workload: "unknown", source_workload_namespace: "unknown" };
    expect(fold({ "requests-arrived": [sample(1, labels)] })).toMatchObject([{ key: { source: "unknown/unidentified" } }]);
  });

  it("keeps hostile names out of ids", () => {
    const [row] = fold({ "requests-arrived": [sample(1, { destination_canonical_service: "a|b\u202e<script>/\n" })] });
    expect(row?.key.target).not.toMatch(/[|\n\u202e]/);
  });
});

describe("connections", () => {
  const TCP = { response_code: "", request_protocol: "" };
  it("are counted when they open, and what the tunnel of requests carries is not counted again", () => {
    const kv = { ...TCP, destination_canonical_service: "kv", destination_service: "kv.shop.svc.cluster.local" };
    const rows = fold({
      "requests-arrived": [sample(40, { reporter: "waypoint" })],
      "connections-arrived": [
        sample(3, kv),
        sample(9, TCP),
        sample(9, { ...TCP, destination_canonical_service: "waypoint" }),
        sample(9, { ...TCP, source_canonical_service: "waypoint" }),
      ],
    });
    expect(rows.map(({ key, traffic }) => [key.target, key.protocol, traffic.count])).toEqual([
      ["reviews/reviews", "http", 40],
      ["reviews/kv", "tcp", 3],
    ]);
  });

  it("stand beside requests where the same side tells of both: they go to another port", () => {
    const rows = fold({ "requests-arrived": [sample(40)], "connections-arrived": [sample(9, TCP)] });
    expect(rows.map(({ key, traffic }) => [key.protocol, traffic.count])).toEqual([
      ["http", 40],
      ["tcp", 9],
    ]);
    const tunnel = { "requests-arrived": [sample(40)], "connections-sent": [sample(9, { ...TCP, ...FROM_SOURCE })] };
    expect(fold(tunnel).map(({ key }) => key.protocol)).toEqual(["http"]);
    const refused = { "requests-arrived": [sample(40)], "connections-lost": [sample(9, { ...TCP, ...FROM_SOURCE, response_flags: "UF" })] };
    expect(fold(refused).map(({ key, traffic }) => [key.protocol, traffic.errorCount])).toEqual([
      ["http", 0],
      ["tcp", 9],
    ]);
  });

  it("stay counted where requests were only lost", () => {
    const rows = fold({ "requests-lost": [sample(2, NOBODY)], "connections-arrived": [sample(9, TCP)] });
    expect(rows.map(({ key, traffic }) => [key.target, key.protocol, traffic.count])).toEqual([
      ["reviews/reviews", "http", 2],
      ["reviews/reviews", "tcp", 9],
    ]);
  });
});

function bucket(le: string, value: number): PromSample {
  return sample(value, { le });
}

describe("bytes and messages", () => {
  it("stand beside what was counted, from the reporter that counts, and are untold where nothing is", () => {
    const [row] = fold({
      "requests-arrived": [sample(10)],
      "volume-of-requests-sentBytes": [sample(4_000), sample(1_000), sample(9_999, FROM_SOURCE)],
      "volume-of-requests-receivedMessages": [sample(30)],
    });
    expect(row?.traffic.volume).toEqual({ sentBytes: 5_000, receivedBytes: null, sentMessages: null, receivedMessages: 30 });
    expect(fold({ "requests-arrived": [sample(10)] })[0]?.traffic).not.toHaveProperty("volume");
  });

  it("of connections stand beside connections", () => {
    const tcp = { request_protocol: "tcp", response_code: "0" };
    const [row] = fold({ "connections-arrived": [sample(3, tcp)], "volume-of-connections-receivedBytes": [sample(700, tcp)] });
    expect(row).toMatchObject({ key: { protocol: "tcp" }, traffic: { count: 3, volume: { sentBytes: null, receivedBytes: 700 } } });
  });

  it("come from native histograms as well", () => {
    const native = { ...sample(0), histogram: { bounds: [1], counts: [3, 0], sum: 900, count: 3 } };
    expect(fold({ "requests-arrived": [sample(3)], "volume-of-requests-sentBytes": [native] })[0]?.traffic.volume?.sentBytes).toBe(900);
  });
});

describe("durations", () => {
  it("come from cumulative buckets, and only from bounds that every proxy has", () => {
    const rows = fold({
      "requests-arrived": [sample(20)],
      "spread-arrived": [bucket("5", 4), bucket("10", 10), bucket("25", 9), bucket("+Inf", 20)],
      "layout-arrived": [bucket("5", 2), bucket("10", 2), bucket("25", 1), bucket("+Inf", 2)],
    });
    expect(rows[0]?.traffic.latency).toEqual({ boundsMs: [5, 10], counts: [4, 6, 10] });
  });

  it("come from native histograms and from ranges as well", () => {
    const native = { ...sample(0), histogram: { bounds: [1, 2], counts: [3, 4, 0], sum: 9, count: 7 } };
    expect(fold({ "requests-arrived": [sample(7)], "spread-arrived": [native] })[0]?.traffic.latency).toEqual({
      boundsMs: [1, 2],
      counts: [3, 4, 0],
    });
    const ranges = [sample(3, { vmrange: "1.000e+00...2.000e+00" }), sample(4, { vmrange: "2.000e+00...3.000e+00" })];
    expect(fold({ "requests-arrived": [sample(7)], "spread-arrived": ranges })[0]?.traffic.latency).toEqual({
      boundsMs: [1, 2, 3],
      counts: [0, 3, 4, 0],
    });
    // Ranges in which nothing lies are not told.
    const apart = [sample(95, { vmrange: "0...1.000e+01" }), sample(10, { vmrange: "1.000e+03...1.136e+03" })];
    expect(fold({ "requests-arrived": [sample(105)], "spread-arrived": apart })[0]?.traffic.latency).toEqual({
      boundsMs: [10, 1_000, 1_136],
      counts: [95, 0, 10, 0],
    });
  });

  it("have a mean before they have a spread", () => {
    const rows = fold({ "requests-arrived": [sample(10)], "duration-sum": [sample(250)] });
    expect(rows[0]?.traffic).toMatchObject({ latency: null, durations: { sumMs: 250, count: 10 } });
  });

  it("of a reporter that does not count the edge are left out", () => {
    const rows = fold({
      "requests-arrived": [sample(20)],
      "spread-sent": [sample(20, { ...FROM_SOURCE, le: "+Inf" })],
    });
    expect(rows[0]?.traffic.latency).toBeNull();
  });
});

describe("laws", () => {
  const value = fc.integer({ min: 0, max: 1_000 });
  const labels = fc.record({
    reporter: fc.constantFrom("destination", "waypoint"),
    source_canonical_service: fc.constantFrom("a", "b", "unknown", ""),
    destination_canonical_service: fc.constantFrom("c", "d", "unknown", ""),
    response_code: fc.constantFrom("200", "503", "0", ""),
    connection_security_policy: fc.constantFrom("mutual_tls", "none", "unknown", ""),
  });
  const answers = fc.array(
    fc.tuple(value, labels).map(([count, one]) => sample(count, one)),
    { maxLength: 30 },
  );

  it("the order of an answer does not matter, and no number is negative, fractional or larger than the count", () => {
    fc.assert(
      fc.property(answers, (all) => {
        const forward = fold({ "requests-arrived": all });
        const backward = fold({ "requests-arrived": all.toReversed() });
        const byName = (rows: typeof forward): string[] =>
          rows.map((row) => JSON.stringify([row.key, row.traffic.count, row.traffic.errorCount])).toSorted();
        expect(byName(backward)).toEqual(byName(forward));
        for (const { traffic } of forward) {
          expect(Number.isInteger(traffic.count) && traffic.count >= 0).toBe(true);
          expect(traffic.errorCount).toBeLessThanOrEqual(traffic.count);
          expect(traffic.transport.mutual + traffic.transport.plaintext).toBeLessThanOrEqual(traffic.count);
        }
      }),
    );
  });
});
