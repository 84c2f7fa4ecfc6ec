import { describe, expect, it } from "vitest";

import { attributesOf, type SpanSpec, traceOf } from "#lib/testing/trace-builders.ts";

import { attributeOf, type Callee, calleeOf, grpcStatusOf, httpStatusOf, responseFlagsOf, retryOf } from "./span-facts.ts";
import { buildTraceTree } from "./trace-tree.ts";

const of = (values: Record<string, string>) => ({ attributes: attributesOf(values) });

describe("facts from attributes", () => {
  it("are looked for under several names, in that order", () => {
    expect(attributeOf(of({ a: "1", b: "2" }), "b", "a")).toBe("2");
    expect(attributeOf(of({ a: "" }), "a")).toBe("");
    expect(attributeOf(of({}), "a", "toString")).toBeNull();
  });

  it.each([
    [{ "http.status_code": "504" }, 504],
    [{ "http.response.status_code": "200", "http.status_code": "504" }, 200],
    [{ "http.status_code": "0" }, null],
    [{ "http.status_code": "-" }, null],
    [{ "http.status_code": "1e3" }, null],
    [{}, null],
  ])("tell the HTTP status: %j is %j", (values, status) => {
    expect(httpStatusOf(of(values as Record<string, string>))).toBe(status);
  });

  it("tell the gRPC status, in which 0 is good", () => {
    expect(grpcStatusOf(of({ "rpc.grpc.status_code": "0" }))).toBe(0);
    expect(grpcStatusOf(of({ "grpc.status_code": "14" }))).toBe(14);
    expect(grpcStatusOf(of({}))).toBeNull();
  });

  it.each([
    ["-", []],
    ["", []],
    ["UH", ["UH"]],
    ["UF, URX", ["UF", "URX"]],
  ])("tell response flags: %j", (flags, expected) => {
    expect(responseFlagsOf(of({ response_flags: flags }))).toEqual(expected);
  });

  it("tell which repetition a request is", () => {
    expect([retryOf(of({ "retry.count": "2" })), retryOf(of({ "http.request.resend_count": "0" })), retryOf(of({}))]).toEqual([
      2,
      null,
      null,
    ]);
  });
});

function callee(...specs: SpanSpec[]): Callee | null | undefined {
  const [root] = buildTraceTree(traceOf(specs)).roots;
  return root && calleeOf(root);
}

describe("calleeOf", () => {
  const client: SpanSpec = { id: "a", service: "web", kind: "client", ms: 9 };

  it("is the service that answered", () => {
    expect(callee(client, { id: "b", parent: "a", service: "api", namespace: "shop", version: "v1", kind: "server" })).toEqual({
      service: "api",
      namespace: "shop",
      version: "v1",
    });
  });

  it("is what the span says where nobody answered", () => {
    expect(callee({ ...client, attributes: { "server.address": "db.example" } })).toEqual({
      service: "db.example",
      namespace: null,
      version: null,
    });
    expect(callee(client)).toBeNull();
  });

  it("belongs to calls alone", () => {
    expect(callee({ ...client, kind: "internal" }, { id: "b", parent: "a", service: "api", kind: "server" })).toBeNull();
  });
});
