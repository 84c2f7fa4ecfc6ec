import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { ErrorCode, WeftError } from "#lib/model/errors.ts";
import { ROUTE, RULE } from "#lib/testing/mesh-desk.ts";

import { HOST, openConsole, problemOf, type TestConsole } from "../testing/console.ts";
import { toProblem } from "./problem.ts";

const PLAN = { routeId: ROUTE, ruleId: RULE, weights: { v1: 100, v2: 0 } };

/** A JSON body of so many bytes. */
function filled(bytes: number): string {
  return `{"a":"${"x".repeat(bytes - 8)}"}`;
}

let weft: TestConsole;

beforeEach(async () => {
  weft = await openConsole();
});

afterEach(() => weft.close());

describe("a problem", () => {
  it.each([
    ["NOT_FOUND", 404],
    ["INVALID", 400],
    ["FORBIDDEN", 403],
    ["CONFLICT", 409],
    ["SOURCE_UNREACHABLE", 502],
    ["SOURCE_REFUSED", 502],
    ["SOURCE_MALFORMED", 502],
    ["TIMEOUT", 504],
    ["UNSUPPORTED", 422],
    ["INTERNAL", 500],
  ] as const)("of code %s has status %i", (code, status) => {
    expect(toProblem(new WeftError(code, "What went wrong.", { field: "id", mend: "What to do." }))).toMatchObject({
      type: "about:blank",
      status,
      code,
      detail: "What went wrong.",
      field: "id",
      mend: "What to do.",
      title: expect.stringMatching(/\S/),
    });
  });

  it("is there for every code", () => {
    for (const code of ErrorCode.options) expect(toProblem(new WeftError(code, "x")).status).toBeGreaterThanOrEqual(400);
  });

  it("hides the text of every error that is not Weft's own", () => {
    for (const error of [new Error("/etc/shadow"), new TypeError("secret"), "secret", null, undefined, { message: "secret" }]) {
      expect(toProblem(error)).toEqual({
        type: "about:blank",
        title: "Internal error",
        status: 500,
        code: "INTERNAL",
        detail: "Something in Weft went wrong",
        field: null,
        mend: "Try again; Weft's own log has the reason",
      });
    }
  });
});

describe("an answer that went wrong", () => {
  it("hides what broke inside", async () => {
    weft.mesh.topology.topology = () => Promise.reject(new Error("a secret of the machine"));
    const response = await weft.get("/api/graph");
    expect(problemOf(response)).toMatchObject({ status: 500, code: "INTERNAL", detail: "Something in Weft went wrong" });
    expect(response.body).not.toContain("secret");
  });

  it("passes on what a source says", async () => {
    weft.mesh.metrics.failWith(new WeftError("TIMEOUT", "It took too long.", { mend: "Wait." }));
    expect(problemOf(await weft.get("/api/graph"))).toMatchObject({
      status: 504,
      code: "TIMEOUT",
      detail: "It took too long.",
      mend: "Wait.",
    });
  });

  it.each([
    ["/api/graph?window=soon", "window", /a whole number of seconds such as 60s/],
    ["/api/graph?window=3601s", "window", /between 5s and 3600s/],
    ["/api/graph?window=", "window", /whole number/],
    ["/api/graph?at=yesterday", "at", /ISO/i],
    ["/api/graph?group=pod", "group", /service/],
    ["/api/red", "subject", /expected string/],
    ["/api/red?subject=pod:1", "subject", /mesh, service:<id> or edge:<id>/],
    ["/api/red?subject=edge:shop/web", "subject", /neither a service nor an edge/],
    ["/api/services?next=soon", "next", /the next of the page before/],
    ["/api/changes?next=-3", "next", /the next of the page before/],
    ["/api/changes?next=", "next", /the next of the page before/],
    ["/api/red?subject=mesh&step=0s", "step", /./],
    ["/api/red?subject=mesh&from=2026-01-01T12:00:00Z&to=2026-01-01T11:00:00Z", "from", /ends before it starts/],
    ["/api/route", "id", /expected string/],
    ["/api/route?id=", "id", /./],
    [`/api/route?id=${"x".repeat(501)}`, "id", /500/],
    ["/api/services?limit=0", "limit", /1/],
    ["/api/services?limit=many", "limit", /number/],
    ["/api/changes?limit=1001", "limit", /1000/],
    ["/api/live?topics=graph,gossip", "topics.1", /graph/],
  ])("to %s names the field, the reason and where to look", async (url, field, reason) => {
    const problem = problemOf(await weft.get(url));
    expect(problem).toMatchObject({ status: 400, code: "INVALID", field });
    expect(problem.detail).toMatch(reason);
    expect(problem.mend).toMatch(/\S/);
  });

  it.each([
    ["", "", /expected object/],
    ["null", "", /expected object/],
    ["[]", "", /expected object/],
    ["7", "", /expected object/],
    ["{}", "routeId", /expected string/],
    [JSON.stringify({ ...PLAN, weights: { v1: "100" } }), "weights.v1", /expected number/],
    [JSON.stringify({ ...PLAN, weights: null }), "weights", /expected record/],
    [JSON.stringify({ ...PLAN, weight: 1 }), "", /weight/],
    [JSON.stringify({ ...PLAN, reason: "x".repeat(501) }), "reason", /500/],
    [JSON.stringify({ ...PLAN, weights: { v1: -1, v2: 10 } }), "weights.v1", /negative/],
    [JSON.stringify({ ...PLAN, weights: { v1: 0.5, v2: 10 } }), "weights.v1", /not whole/],
    [JSON.stringify({ ...PLAN, weights: { v1: 1 } }), "weights.v2", /no weight/],
    [JSON.stringify({ ...PLAN, weights: { v1: 1, v2: 1, "v3\n\u202e": 1 } }), "weights.v3\n\u202e", /v3\\u\{a\}\\u\{202e\} is not a leg/],
  ])("to the body %j names the field %j", async (body, field, reason) => {
    const problem = problemOf(await weft.post("/api/plans", body, { "content-type": "application/json" }));
    expect(problem).toMatchObject({ status: 400, code: "INVALID", field: field === "" ? null : field });
    expect(problem.detail).toMatch(reason);
    expect(problem.mend).toMatch(/\S/);
  });

  it.each(["{", '{"routeId": undefined}', "\u0000", '{"a":1}}', '{"weights":{"__proto__":1}}', '{"constructor":{"prototype":{}}}'])(
    "to %j says that it is no JSON that it takes",
    async (body) => {
      expect(problemOf(await weft.post("/api/plans", body, { "content-type": "application/json" }))).toMatchObject({
        status: 400,
        code: "INVALID",
        field: "body",
        detail: "The body is not valid JSON",
      });
    },
  );

  it("takes a body of 64 KiB and no more", async () => {
    expect(problemOf(await weft.post("/api/plans", filled(64 * 1024)))).toMatchObject({
      status: 400,
      detail: expect.not.stringContaining("64 KiB"),
    });
    expect(problemOf(await weft.post("/api/plans", filled(64 * 1024 + 1)))).toMatchObject({
      status: 413,
      code: "INVALID",
      field: "body",
      detail: "The body is larger than 64 KiB",
    });
  });

  it("says that there is nothing where there is nothing, without repeating a query", async () => {
    expect(problemOf(await weft.get("/api/nothing?token=secret"))).toMatchObject({
      status: 404,
      code: "NOT_FOUND",
      detail: "There is nothing at /api/nothing",
    });
  });

  it("to an address that cannot be read is a problem, too", async () => {
    expect(problemOf(await weft.get("/%zz"))).toMatchObject({
      status: 400,
      code: "INVALID",
      detail: "The address cannot be read",
      mend: "Spell it as UTF-8, with % only before two hexadecimal digits",
    });
    expect(problemOf(await weft.app.inject({ method: "GET", url: "/api/%c0%af", headers: { host: HOST } }))).toMatchObject({ status: 400 });
  });
});
