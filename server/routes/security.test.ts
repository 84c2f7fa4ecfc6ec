import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type Endpoint, endpoints } from "#lib/contract/endpoints.ts";
import { sampleAt } from "#lib/testing/builders.ts";
import { certificateOf } from "#lib/testing/security-builders.ts";

import { openConsole, problemOf, type TestConsole } from "../testing/console.ts";

let weft: TestConsole;

beforeEach(async () => {
  weft = await openConsole();
  await weft.mesh.time.advance(60_000);
  weft.mesh.metrics.record(
    sampleAt(31, { source: "shop/legacy", target: "shop/ledger" }, { count: 12, transport: { mutual: 0, oneWay: 0, plaintext: 12 } }),
  );
  weft.mesh.security.see(31, { count: 12 });
  weft.mesh.security.refuse(32, { source: "shop/rogue" });
  weft.mesh.security.know({ certificates: [certificateOf({ nodeId: "shop/ledger" })] });
});

afterEach(() => weft.close());

describe("every read of security", () => {
  it.each([
    ["getSecurity", "?window=60s&namespaces=shop"],
    ["getWhatIf", "?scope=mesh"],
    ["getWhatIf", "?scope=workload:shop/ledger"],
    ["getWhatIf", "?scope=namespace:shop"],
  ] as const)("%s%s answers exactly what the contract describes", async (id, query) => {
    const endpoint: Endpoint = endpoints[id];
    const response = await weft.get(`${endpoint.path}${query}`);
    expect([response.statusCode, response.headers["cache-control"]]).toEqual([200, "no-store"]);
    const answer = response.json();
    expect(endpoint.value.parse(answer)).toEqual(answer);
    expect(response.body).toContain("shop/ledger");
  });

  it.each([
    ["/api/security?window=2s", "window"],
    ["/api/security/what-if", "scope"],
    ["/api/security/what-if?scope=planet", "scope"],
    ["/api/security/export?table=secrets", "table"],
    ["/api/security/export?format=xlsx", "format"],
  ])("%s is refused with the field's name", async (url, field) => {
    expect(problemOf(await weft.get(url))).toMatchObject({ status: 400, code: "INVALID", field });
  });

  it("knows no workload that is none", async () => {
    expect(problemOf(await weft.get("/api/security/what-if?scope=workload:shop/none"))).toMatchObject({ status: 404, field: "scope" });
  });
});

describe("the export", () => {
  it("is a file with a name, a type and a character set", async () => {
    const response = await weft.get("/api/security/export?table=refusals");
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="security-refusals.csv"',
      "cache-control": "no-store",
    });
    expect(response.body).toMatch(/^source,target,.*\r\nshop\/rogue,shop\/ledger,server,plaintext,/);
  });

  it("is the report's part as JSON", async () => {
    const response = await weft.get("/api/security/export?table=edges&format=json&window=60s");
    expect(response.headers["content-type"]).toMatch(/^application\/json/);
    expect(response.json()).toEqual((await weft.get("/api/security?window=60s")).json().value.edges);
  });
});

describe("the map", () => {
  it("shows who was refused", async () => {
    const graph = (await weft.get("/api/graph?window=60s")).json().value;
    const edge = graph.edges.find(({ source }: { source: string }) => source === "shop/rogue");
    expect(edge).toMatchObject({ red: { count: null, rate: null }, tls: { refused: 1, observed: "unknown" }, seenBy: ["fake-security"] });
  });
});
