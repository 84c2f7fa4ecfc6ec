import { describe, expect, it } from "vitest";

import type { DiagnosisFinding } from "#lib/model/diagnosis.ts";
import { START_MS } from "#lib/testing/builders.ts";
import { createFakeSeriesStore } from "#lib/testing/fake-series-store.ts";
import { createFakeTime } from "#lib/testing/fake-time.ts";
import { ok } from "#lib/model/errors.ts";
import type { HttpFetcher } from "#lib/ports/http-fetcher.ts";

import { examinedSources, type DoctorOptions } from "./doctor.ts";
import type { MetricsReaderOptions } from "./metrics-sources.ts";
import { heldSeries } from "./testing/held-series.ts";

const ISTIO = {
  reporter: "destination",
  response_code: "200",
  response_flags: "-",
  source_canonical_service: "web",
  destination_canonical_service: "cart",
  destination_canonical_revision: "v1",
  destination_principal: "spiffe://mesh/ns/shop/sa/cart",
  request_protocol: "http",
  connection_security_policy: "mutual_tls",
  instance: "10.0.0.1:15020",
};
type Labels = Readonly<Record<string, string>>;

const requests = (labels: Labels = {}): Labels => ({ __name__: "istio_requests_total", ...ISTIO, ...labels });
const durations = (labels: Labels = {}): Labels[] =>
  ["bucket", "count", "sum"].map((part) => ({ __name__: `istio_request_duration_milliseconds_${part}`, le: "+Inf", ...ISTIO, ...labels }));
const mesh = (labels: Labels = {}): Labels[] => [requests(labels), ...durations(labels)];

function examine(http: HttpFetcher, more: Partial<MetricsReaderOptions> = {}): Promise<DiagnosisFinding[]> {
  return examineAll(http, {
    metricsSources: [{ id: "prom", kind: "prometheus", url: "http://store.test:9090", timeoutMs: 10_000, ...more }],
  });
}

async function examineAll(http: HttpFetcher, options: DoctorOptions): Promise<DiagnosisFinding[]> {
  const { clock, scheduler } = createFakeTime();
  const { sources, close } = await examinedSources(options, { clock, scheduler, http, newStore: createFakeSeriesStore });
  try {
    return (await Promise.all(sources.map((source) => source.examine()))).flat();
  } finally {
    await close();
  }
}

const troubles = (findings: readonly DiagnosisFinding[]): DiagnosisFinding[] => findings.filter(({ level }) => level !== "fine");

describe("a scope that leaves out what is there", () => {
  it("finds nothing where it is right", async () => {
    expect(troubles(await examine(heldSeries({ series: mesh({ cluster: "east" }) }), { queryScope: { cluster: "east" } }))).toEqual([]);
  });

  it.each<[string, Labels[], Labels, string, string]>([
    [
      "a label that no series has",
      mesh(),
      { mesh: "east" },
      "no series has the label mesh",
      "Take mesh out of queryScope of prom in weft.yaml, or name a label that these series have; or let relabel_configs give them mesh",
    ],
    [
      "a value that none has",
      [...mesh({ cluster: "west" }), ...mesh({ cluster: "east" })],
      { cluster: "East" },
      'no series has cluster: "East", but "east", "west"',
      'Write queryScope: { cluster: "east" } for prom in weft.yaml, or take cluster out of it',
    ],
    [
      "one wrong value beside a right one",
      mesh({ cluster: "east", stage: "live" }),
      { cluster: "east", stage: "test" },
      'no series has stage: "test", but "live"',
      'Write queryScope: { stage: "live" } for prom in weft.yaml, or take stage out of it',
    ],
    [
      "values that no series has together",
      [...mesh({ cluster: "east", stage: "test" }), ...mesh({ cluster: "west", stage: "live" })],
      { cluster: "east", stage: "live" },
      'no series has all of cluster: "east", stage: "live"',
      "Correct queryScope of prom in weft.yaml, or take one of its labels out",
    ],
  ])("is named for %s, whether the telemetry is chosen or not", async (_name, series, queryScope, why, mend) => {
    const leftOut = {
      level: "error",
      code: "empty-scope",
      text: `istio_requests_total is there, and queryScope of prom leaves it out: ${why}.`,
      mend,
    };
    const looking = await examine(heldSeries({ series }), { queryScope });
    expect(troubles(looking)).toEqual([{ ...leftOut, takesAway: "everything that prom would tell" }]);
    const chosen = await examine(heldSeries({ series }), { queryScope, telemetry: ["istio"] });
    expect(troubles(chosen)).toEqual([{ ...leftOut, takesAway: "every edge that istio would tell of" }]);
  });

  it("is not blamed where nothing is there without it either", async () => {
    const findings = await examine(heldSeries({ series: [] }), { queryScope: { cluster: "east" }, telemetry: ["istio"] });
    expect(troubles(findings).map(({ code }) => code)).toEqual(["no-istio"]);
  });

  it("is not blamed where other telemetry is in it and what is chosen besides is that of another mesh", async () => {
    const graph = { __name__: "traces_service_graph_request_total", client: "web", server: "cart" };
    const east = { queryScope: { cluster: "east" }, telemetry: ["istio", "service-graph"] as const };
    const ofWest = await examine(heldSeries({ series: [...mesh({ cluster: "east" }), { ...graph, cluster: "west" }] }), east);
    expect(troubles(ofWest).map(({ code }) => code)).toEqual(["no-service-graph"]);
    expect(troubles(await examine(heldSeries({ series: [...mesh({ cluster: "east" }), graph] }), east))).toMatchObject([
      {
        code: "empty-scope",
        text: expect.stringContaining("no series has the label cluster."),
        takesAway: expect.stringContaining("service-graph"),
      },
    ]);
  });

  it("is named where durations alone lack its label", async () => {
    const series = [requests({ cluster: "east" }), ...durations()];
    expect(troubles(await examine(heldSeries({ series }), { queryScope: { cluster: "east" } }))).toMatchObject([
      {
        level: "warning",
        code: "empty-scope",
        text: "istio_request_duration_milliseconds_count is there, and queryScope of prom leaves it out: no series has the label cluster.",
        takesAway: expect.stringContaining("durations"),
      },
    ]);
    const [bucket, ...sums] = durations({ cluster: "east" });
    const { cluster: _cluster, ...unlabelled } = bucket ?? {};
    const lacking = [requests({ cluster: "east" }), ...sums, unlabelled];
    expect(troubles(await examine(heldSeries({ series: lacking }), { queryScope: { cluster: "east" } }))).toMatchObject([
      { code: "empty-scope", text: expect.stringMatching(/^istio_request_duration_milliseconds_bucket is there/) },
    ]);
  });

  it("is not blamed where durations are those of another mesh", async () => {
    const series = [requests({ cluster: "east" }), ...mesh({ cluster: "west" })];
    const findings = await examine(heldSeries({ series }), { queryScope: { cluster: "east" } });
    expect(troubles(findings).map(({ code }) => code)).toEqual(["no-durations"]);
  });

  it("is named where it asks for one side of the calls, in place of the Telemetry resource", async () => {
    const series = [...mesh(), ...mesh({ reporter: "source" })];
    expect(troubles(await examine(heldSeries({ series }), { queryScope: { reporter: "source" } }))).toMatchObject([
      {
        level: "warning",
        code: "empty-scope",
        text: expect.stringMatching(
          /no destination does: what is lacking is there, and queryScope of prom leaves it out: no series has reporter: "source", but "destination"\.$/,
        ),
        mend: expect.stringContaining("prom in weft.yaml, or take reporter out of it"),
      },
    ]);
  });
});

const answering = (status: number, mediaType: string | null, text: string): HttpFetcher => ({
  get: async () => ok({ status, mediaType, text, elapsedMs: 1 }),
});
const REFUSAL = '{"detail":[{"loc":["body","query"],"msg":"field required"}]}';

const minutes = (many: number): number => START_MS - many * 60_000;
const keeping = (storageRetention: string) => ({ "/api/v1/status/runtimeinfo": { storageRetention } });

it("says of warnings of the store itself what to do about them", async () => {
  const store = heldSeries({ series: mesh() });
  const http: HttpFetcher = {
    async get(request) {
      const told = await store.get(request);
      const isCount = request.form?.["query"]?.startsWith("count") === true;
      return told.ok && isCount
        ? ok({ ...told.value, text: told.value.text.replace('{"status"', '{"warnings":["a part is away"],"status"') })
        : told;
    },
  };
  expect(troubles(await examine(http))).toMatchObject([
    { level: "warning", code: "source-warning", text: "prom warns: a part is away", mend: "See the log of prom, and its page of status" },
  ]);
});

describe("how far back a store reaches", () => {
  it.each<[string, number, object, DiagnosisFinding["code"][]]>([
    ["a day and more", minutes(2 * 24 * 60), keeping("15d"), []],
    ["nearly all that it keeps", minutes(118), keeping("2h"), ["short-retention"]],
    ["less than what it keeps, which is little", minutes(10), keeping("2h"), ["short-retention", "short-history"]],
    ["an hour, and it does not tell what it keeps", minutes(60), {}, ["short-history"]],
  ])("%s", async (_name, sinceMs, data, codes) => {
    const findings = await examine(heldSeries({ series: mesh(), sinceMs, data: { ...data } }));
    expect(troubles(findings).map(({ code }) => code)).toEqual(expect.arrayContaining(codes));
    expect(troubles(findings)).toHaveLength(codes.length);
  });

  it.each([
    [7, "7 min", "the part of longer windows that lies before, and charts and the map of what was more than 7 min ago"],
    [5 * 60, "5 h", "charts and the map of what was more than 5 h ago"],
  ])("is a fact of a store that began %i minutes ago, with what it takes away", async (many, far, takesAway) => {
    const findings = await examine(heldSeries({ series: mesh(), sinceMs: minutes(many), data: keeping("15d") }));
    expect(troubles(findings)).toEqual([
      {
        level: "info",
        code: "short-history",
        text: `Data of Istio's metrics of requests and connections reaches ${far} back, to ${new Date(minutes(many)).toISOString().slice(0, 16)}Z.`,
        takesAway,
        mend: null,
      },
    ]);
  });
});

describe("an address at which another program answers", () => {
  it.each<[string, number, string | null, string, string, string]>([
    [
      "JSON of its own",
      200,
      "application/json",
      '{"services":["a"]}',
      "another-program",
      "200 (application/json), and not with the JSON of Prometheus",
    ],
    [
      "JSON of its own and a refusal",
      422,
      "application/json",
      REFUSAL,
      "another-program",
      "422 (application/json), and not with the JSON of Prometheus",
    ],
    ["JSON of its own and a rare status", 410, "application/json", REFUSAL, "another-program", "410 (application/json), and not with"],
    [
      "a reason",
      400,
      "text/plain",
      "unsupported path requested",
      "another-program",
      "400 (text/plain), saying “unsupported path requested”, and not with",
    ],
    [
      "no questions at all",
      501,
      "text/html",
      "<html>Unsupported method</html>",
      "another-program",
      "501 (text/html), and not with the JSON of Prometheus",
    ],
    ["no method for questions", 405, null, "", "another-program", "405 (no content type), and not with the JSON of Prometheus"],
    ["words", 200, "text/plain", "OK", "another-program", "200 (text/plain), and not with the JSON of Prometheus"],
    [
      "half a JSON",
      200,
      "application/json",
      '{"status":"succ',
      "another-program",
      "200 (application/json), and not with the JSON of Prometheus",
    ],
    [
      "a page",
      200,
      "text/html",
      "<!doctype html><title>Dashboards</title>",
      "web-page",
      "200 (text/html) with a web page: a login or another program",
    ],
    [
      "nothing at this path",
      404,
      "application/json",
      '{"message":"Not found","traceID":""}',
      "wrong-path",
      "404 (application/json): at this path there is nothing of Prometheus",
    ],
    ["a failure of its own", 500, "application/json", REFUSAL, "server-error", "with 500."],
  ])("is said to answer with %s", async (_name, status, mediaType, text, code, words) => {
    const [found, ...others] = await examine(answering(status, mediaType, text));
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      level: "error",
      code,
      text: expect.stringContaining(words),
      takesAway: "everything that prom would tell",
    });
    expect(found?.text).toMatch(/^\S.*\.$/);
    expect(found?.text).not.toMatch(/[{}<>]/);
    expect(found?.mend).toMatch(code === "server-error" ? /log of/ : /curl -sv 'http:\/\/store\.test:9090\/api\/v1\/query\?query=1'$/);
  });

  it("is said so of a place of traces, too", async () => {
    const traceSources = [{ id: "traces", kind: "zipkin" as const, url: "http://traces.test", timeoutMs: 10_000 }];
    expect(await examineAll(answering(200, "application/json", '{"title":"a page"}'), { traceSources })).toMatchObject([
      {
        level: "error",
        code: "another-program",
        text: "traces.test answers 200 (application/json), and not with the JSON of Zipkin: another program stands there.",
        mend: expect.stringMatching(/curl -sv 'http:\/\/traces\.test\/api\/v2\/services'$/),
      },
    ]);
  });

  it("is not what is said of a store one of whose answers was changed on its way", async () => {
    const store = heldSeries({ series: mesh() });
    const http: HttpFetcher = {
      async get(request) {
        const isFirst = request.form?.["query"] === "vector(time())";
        return isFirst ? store.get(request) : ok({ status: 200, mediaType: "application/json", text: "{", elapsedMs: 1 });
      },
    };
    expect(await examine(http)).toMatchObject([{ level: "error", code: "malformed", mend: expect.stringContaining("stands before it") }]);
  });
});
