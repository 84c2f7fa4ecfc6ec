import type { LightMyRequestResponse } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import { ROUTE, RULE } from "#lib/testing/mesh-desk.ts";

import { HOST, openConsole, problemOf, type TestConsole } from "../testing/console.ts";

const PLAN = { routeId: ROUTE, ruleId: RULE, weights: { v1: 100, v2: 0 } };

let weft: TestConsole;

beforeEach(async () => {
  weft = await openConsole();
});

afterEach(() => weft.close());

async function conflict(): Promise<LightMyRequestResponse> {
  const plan = (await weft.post("/api/plans", PLAN)).json().value;
  weft.mesh.target.writeAsSomebodyElse(ROUTE, { v1: 1, v2: 1 });
  return weft.post(`/api/plans/apply?id=${plan.id}`);
}

async function broken(): Promise<LightMyRequestResponse> {
  weft.mesh.topology.topology = () => Promise.reject(new Error("a secret of the machine"));
  return weft.get("/api/graph");
}

async function unreachable(): Promise<LightMyRequestResponse> {
  weft.mesh.metrics.failWith(new WeftError("SOURCE_UNREACHABLE", "Nothing answers."));
  return weft.get("/api/graph");
}

describe("security headers", () => {
  it.each<[number, string, () => Promise<LightMyRequestResponse>]>([
    [200, "a read", () => weft.get("/api/graph")],
    [200, "health", () => weft.get("/healthz")],
    [200, "metrics", () => weft.get("/metrics")],
    [200, "a plan", () => weft.post("/api/plans", PLAN)],
    [400, "a bad query", () => weft.get("/api/graph?window=soon")],
    [400, "a bad body", () => weft.post("/api/plans", "{")],
    [400, "an address that cannot be read", () => weft.get("/%zz")],
    [403, "another host", () => weft.get("/api/graph", { host: "evil.example" })],
    [403, "no token", () => weft.post("/api/plans", PLAN, { "x-weft-csrf": undefined })],
    [404, "nothing there", () => weft.get("/api/nothing")],
    [404, "another method", () => weft.post("/api/graph", {})],
    [409, "a conflict", conflict],
    [413, "a body that is too large", () => weft.post("/api/plans", { ...PLAN, reason: "x".repeat(70_000) })],
    [500, "something broken", broken],
    [502, "a source that does not answer", unreachable],
  ])("are on a %i: %s", async (status, _what, ask) => {
    const response = await ask();
    expect(response.statusCode).toBe(status);
    expect(response.headers).toMatchObject({
      "content-security-policy": expect.stringMatching(/^default-src 'none'; script-src 'self';.*require-trusted-types-for 'script'/),
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "permissions-policy": expect.stringContaining("camera=()"),
      "x-frame-options": "DENY",
    });
  });

  it("leave Trusted Types out for scripts alone: a worker lives under its own response's policy", async () => {
    const policy = String((await weft.get("/_next/static/worker.js")).headers["content-security-policy"]);
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain("trusted-types");
    expect(String((await weft.get("/api/graph?x=.js")).headers["content-security-policy"])).toContain("trusted-types");
  });

  it("let no answer of the API be kept", async () => {
    for (const url of ["/api/graph", "/api/graph?window=soon", "/api/change?id=7"])
      expect((await weft.get(url)).headers["cache-control"]).toBe("no-store");
  });
});

describe("the host", () => {
  it.each(["localhost", "localhost:4600", "127.0.0.1:4600", "[::1]:4600", "[::1]", "127.0.0.1"])("may be %s", async (host) => {
    expect((await weft.get("/api/session", { host })).statusCode).toBe(200);
  });

  it.each(["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:4600", "localhost:4600@evil.example", "192.168.1.5:4600"])(
    "may not be %j",
    async (host) => {
      for (const url of ["/api/session", "/healthz", "/metrics", "/", "/nothing"]) {
        expect(problemOf(await weft.get(url, { host }))).toMatchObject({
          status: 403,
          code: "FORBIDDEN",
          field: "Host",
          mend: "Open it by the address it printed when it started",
        });
      }
    },
  );
});

describe("a write", () => {
  it("is taken from Weft's own pages, and from a script with a token", async () => {
    expect((await weft.post("/api/plans", PLAN, { origin: `http://${HOST}`, "sec-fetch-site": "same-origin" })).statusCode).toBe(200);
    expect((await weft.post("/api/plans", PLAN)).statusCode).toBe(200);
    expect((await weft.post("/api/plans", PLAN, { "content-type": "application/json; charset=utf-8" })).statusCode).toBe(200);
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    ["another site's page", { origin: "http://evil.example" }, "Origin"],
    ["another port's page", { origin: "http://localhost:9999" }, "Origin"],
    ["a page without an origin of its own", { origin: "null" }, "Origin"],
    ["another site, says the browser", { "sec-fetch-site": "cross-site" }, "Sec-Fetch-Site"],
    ["a neighbour, says the browser", { "sec-fetch-site": "same-site" }, "Sec-Fetch-Site"],
    ["nowhere, says the browser", { "sec-fetch-site": "none" }, "Sec-Fetch-Site"],
    ["a caller without a token", { "x-weft-csrf": undefined }, "X-Weft-CSRF"],
    ["a caller with an empty token", { "x-weft-csrf": "" }, "X-Weft-CSRF"],
    ["a caller with another token", { "x-weft-csrf": "0".repeat(64) }, "X-Weft-CSRF"],
    ["another session's token", { cookie: `weft_test=${"a".repeat(64)}` }, "X-Weft-CSRF"],
  ])("is not taken from %s", async (_who, headers, field) => {
    for (const url of ["/api/plans", "/api/plans/apply?id=1", "/api/changes/undo?id=1"]) {
      expect(problemOf(await weft.post(url, PLAN, headers))).toMatchObject({ status: 403, code: "FORBIDDEN", field });
    }
    expect(weft.mesh.target.calls).toEqual([]);
  });

  it.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json-patch+json",
    "text/plain; application/json",
  ])("is not taken as %s: a form could send that from anywhere", async (type) => {
    expect(problemOf(await weft.post("/api/plans", JSON.stringify(PLAN), { "content-type": type }))).toMatchObject({
      status: 400,
      field: "Content-Type",
    });
  });

  it.each(["PUT", "PATCH", "DELETE", "OPTIONS"] as const)("by %s is guarded as well, and leads nowhere", async (method) => {
    const bare = await weft.app.inject({ method, url: "/api/plans", headers: { host: HOST } });
    expect(problemOf(bare)).toMatchObject({ status: 403, field: "X-Weft-CSRF" });
    const token = (await weft.get("/api/session")).json().csrfToken;
    const known = await weft.app.inject({ method, url: "/api/plans", headers: { host: HOST, "x-weft-csrf": token } });
    expect(problemOf(known)).toMatchObject({ status: 404, detail: "There is nothing at /api/plans" });
  });

  it("needs no token to be a read", async () => {
    expect((await weft.get("/api/graph", { origin: "http://evil.example", "sec-fetch-site": "cross-site" })).statusCode).toBe(200);
    expect((await weft.get("/api/graph")).headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("works with a browser's cookie and the token that belongs to it", async () => {
    const cookie = `weft_test=${"b".repeat(64)}`;
    const token = (await weft.get("/api/session", { cookie })).json().csrfToken;
    expect((await weft.post("/api/plans", PLAN, { cookie, "x-weft-csrf": token })).statusCode).toBe(200);
    expect((await weft.post("/api/plans", PLAN, { "x-weft-csrf": token })).statusCode).toBe(403);
  });
});

describe("a read-only console", () => {
  beforeEach(async () => {
    await weft.close();
    weft = await openConsole({ isReadOnly: true });
  });

  it("reads, and says that it does not write", async () => {
    expect((await weft.get("/api/graph")).statusCode).toBe(200);
    expect((await weft.get("/api/session")).json()).toMatchObject({ readOnly: true });
  });

  it.each(["/api/plans", "/api/plans/apply?id=1", "/api/changes/undo?id=1"])("takes no %s, with or without a token", async (url) => {
    expect(problemOf(await weft.post(url, PLAN))).toMatchObject({
      status: 403,
      code: "FORBIDDEN",
      detail: "This console was started read-only",
      mend: "Start it without --read-only to steer the mesh",
    });
    expect((await weft.post(url, PLAN, { "x-weft-csrf": undefined })).statusCode).toBe(403);
    expect(weft.mesh.target.calls).toEqual([]);
  });
});
