import { expect, test } from "vitest";

import type { TraceService } from "#lib/model/trace.ts";

import { operationOptions, serviceOptions, versionOptions } from "./name-options.ts";

const ALL: TraceService[] = [
  {
    service: "reviews",
    namespace: "shop",
    versions: ["v10", "v2"],
    operations: [
      { name: "GET /reviews", kind: "server", spans: 7 },
      { name: "call ratings", kind: "client", spans: 40 },
    ],
  },
  { service: "cart", namespace: "shop", versions: [], operations: [{ name: "GET /cart", kind: null, spans: null }] },
  { service: "cart", namespace: "old", versions: ["v1"], operations: [{ name: "GET /cart", kind: "server", spans: 1 }] },
];

test("a name that two namespaces share is asked for with its namespace", () => {
  expect(serviceOptions(ALL).map((one) => one.value)).toEqual(["old/cart", "reviews", "shop/cart"]);
});

test("operations are those of the chosen service, busiest first", () => {
  expect(operationOptions("reviews", ALL)).toEqual([
    { value: "call ratings", detail: "40 spans" },
    { value: "GET /reviews", detail: "7 spans" },
  ]);
  expect(operationOptions("old/cart", ALL)).toEqual([{ value: "GET /cart", detail: "1 span" }]);
  expect(operationOptions("nobody", ALL)).toEqual([]);
});

test("without a service all operations are offered, each once", () => {
  expect(operationOptions("", ALL).map((one) => [one.value, one.detail])).toEqual([
    ["call ratings", "reviews, 40 spans"],
    ["GET /reviews", "reviews, 7 spans"],
    ["GET /cart", "cart, 1 span"],
  ]);
});

test("versions stand in the order of their colours", () => {
  expect(versionOptions("reviews", ALL).map((one) => one.value)).toEqual(["v2", "v10"]);
  expect(versionOptions("cart", ALL).map((one) => one.value)).toEqual(["v1"]);
});
