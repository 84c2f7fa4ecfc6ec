import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { endpoints } from "#lib/contract/endpoints.ts";
import { sampleAt } from "#lib/testing/builders.ts";

import { openConsole, type TestConsole } from "../testing/console.ts";

let weft: TestConsole;

beforeEach(async () => {
  weft = await openConsole();
});

afterEach(() => weft.close());

async function tokenOf(cookie?: string): Promise<string> {
  return (await weft.get("/api/session", cookie === undefined ? {} : { cookie })).json().csrfToken;
}

describe("/api/session", () => {
  it("says who reads, and gives the token that writes need", async () => {
    const session = (await weft.get("/api/session")).json();
    expect(endpoints.getSession.value.parse(session)).toEqual(session);
    expect(session).toMatchObject({ actor: "local", readOnly: false, csrfToken: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it("gives each browser a token of its own, the same again", async () => {
    const [a, b] = [`weft_test=${"a".repeat(64)}`, `weft_test=${"b".repeat(64)}`];
    expect(await tokenOf(a)).toBe(await tokenOf(`other=1; ${a}; more=2`));
    expect(new Set([await tokenOf(), await tokenOf(a), await tokenOf(b)]).size).toBe(3);
    // What is no session of this process is none: the name of another port's, or a forged value.
    for (const cookie of [`weft_other=${"a".repeat(64)}`, "weft_test=short", "weft_test", `weft_test=${"A".repeat(64)}`])
      expect(await tokenOf(cookie)).toBe(await tokenOf());
  });

  it("gives another process's readers other tokens", async () => {
    const other = await openConsole();
    expect((await other.get("/api/session")).json().csrfToken).not.toBe((await weft.get("/api/session")).json().csrfToken);
    await other.close();
  });
});

describe("/healthz and /readyz", () => {
  it("tell that the process is up, whatever its sources say", async () => {
    weft.feed.set({ state: "down" });
    const response = await weft.get("/healthz");
    expect([response.statusCode, response.json()]).toEqual([200, { status: "up" }]);
  });

  it.each([
    ["starting", 503],
    ["down", 503],
    ["degraded", 200],
    ["healthy", 200],
  ] as const)("call a console whose source is %s %i, with the reason", async (state, status) => {
    weft.feed.set({ state, lastError: state === "healthy" ? null : "2 of 15 do not answer", coverage: { n: 13, of: 15 } });
    const response = await weft.get("/readyz");
    expect(response.statusCode).toBe(status);
    expect(response.json()).toEqual({
      status: status === 200 ? "ready" : "not ready",
      sources: [{ id: "fake-proxies", state, coverage: { n: 13, of: 15 }, reason: state === "healthy" ? null : "2 of 15 do not answer" }],
    });
  });
});

describe("/metrics", () => {
  it("is text that Prometheus reads, with Weft's own figures", async () => {
    await weft.get("/api/graph");
    await weft.get("/api/graph?window=soon");
    await weft.get("/nowhere/at/all");
    weft.runtime.options.store.record([sampleAt(1, {}, { count: 1 })]);
    const response = await weft.get("/metrics");
    expect(response.headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(response.body).toContain('weft_http_requests_total{method="GET",route="/api/graph",status="200"} 1\n');
    expect(response.body).toContain('weft_http_requests_total{method="GET",route="/api/graph",status="400"} 1\n');
    expect(response.body).not.toContain("/nowhere");
    expect(response.body).toMatch(/^weft_http_request_duration_seconds_count\{route="\/api\/graph"\} 2$/m);
    expect(response.body).toMatch(/^weft_series 1$/m);
    expect(response.body).toMatch(/^weft_series_bytes [1-9]\d*$/m);
    expect(response.body).toMatch(/^weft_live_readers 0$/m);
    expect(response.body).toContain('weft_source_parts{source="fake-proxies",state="answering"} 2\n');
    expect(response.body).toMatch(/^process_resident_memory_bytes /m);
    const lines = response.body.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    // The runtime's own lag has no mean before its first measurement; Weft's figures are always numbers.
    for (const line of lines) expect(line).toMatch(/^\w+(\{[^}]*\})? -?[\d.e+-]+$/);
  });
});

describe("/api/openapi.json", () => {
  it("lists every call of the contract, and no other", async () => {
    const document = (await weft.get("/api/openapi.json")).json();
    expect(document.openapi).toBe("3.1.0");
    const listed = Object.entries<Record<string, { operationId: string }>>(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`),
    );
    expect(listed.toSorted()).toEqual(
      Object.entries(endpoints)
        .map(([id, { method, path }]) => `${id} ${method} ${path}`)
        .toSorted(),
    );
  });

  it("describes what each takes and answers, and how it goes wrong", async () => {
    const { paths, components } = (await weft.get("/api/openapi.json")).json();
    expect(paths["/api/graph"].get.parameters.map(({ name, required }: { name: string; required: boolean }) => [name, required])).toEqual([
      ["window", false],
      ["at", false],
      ["group", false],
      ["namespaces", false],
    ]);
    expect(paths["/api/route"].get.parameters).toMatchObject([{ name: "id", in: "query", required: true }]);
    expect(paths["/api/graph"].get.responses["200"].content["application/json"].schema.properties).toHaveProperty("provenance");
    expect(paths["/api/live"].get.responses["200"].content).toHaveProperty("text/event-stream");
    const kinds: { required: string[] }[] = paths["/api/plans"].post.requestBody.content["application/json"].schema.anyOf;
    expect(kinds.map(({ required }) => required)).toEqual([
      ["routeId", "ruleId", "weights"],
      ["objectId", "demand"],
    ]);
    expect(paths["/api/plans/apply"].post.responses).toHaveProperty("202");
    expect(paths["/api/plans/apply"].post.requestBody).toBeUndefined();
    for (const methods of Object.values<Record<string, { responses: object }>>(paths)) {
      for (const operation of Object.values(methods)) expect(operation.responses).toHaveProperty("default");
    }
    expect(components.schemas.Problem.properties).toHaveProperty("mend");
  });

  it("belongs to calls that are all there", async () => {
    for (const { method, path } of Object.values(endpoints)) expect(weft.app.hasRoute({ method, url: path })).toBe(true);
  });
});
