import { createLoader } from "nuqs/server";
import { expect, test } from "vitest";

import { traceSearchParsers } from "#lib/client/trace-search-params.ts";
import type { TraceService } from "#lib/model/trace.ts";

import { canaryPreset } from "./canary-preset.ts";
import { exporterAddress } from "./exporter-address.ts";
import { isSelected, isShown } from "./use-trace-list.ts";
import { traceAt } from "./testing/traces.ts";

const load = createLoader(traceSearchParsers);
const stateOf = (search: string) => load(`http://weft.invalid/traces?${search}`);

function reviews(...versions: string[]): TraceService[] {
  return [{ service: "reviews", namespace: "shop", versions, operations: [] }];
}

test("a canary is compared where the chosen service has two versions or more", () => {
  expect(canaryPreset(stateOf("service=reviews&version=v2"), reviews("v2", "v1"))).toEqual({
    label: "Compare canary v2 with stable v1",
    change: { version: null, selVersion: "v2", diff: true },
  });
  expect(canaryPreset(stateOf("service=shop/reviews"), reviews("v1", "v10", "v2"))?.label).toBe("Compare canary v10 with the others");
  expect(canaryPreset(stateOf("service=reviews"), reviews("v1"))).toBeNull();
  expect(canaryPreset(stateOf(""), reviews("v1", "v2"))).toBeNull();
});

test("the address to send to is taken from what the receiver says, and nothing that a shell would act on", () => {
  expect(exporterAddress("OTLP/HTTP http://127.0.0.1:4318, OTLP/gRPC 127.0.0.1:4317")).toBe("http://127.0.0.1:4318");
  expect(exporterAddress("OTLP/HTTP http://h:1/v1/traces")).toBe("http://h:1");
  expect(exporterAddress("OTLP/HTTP http://h:1;rm -rf")).toBe("http://h:1");
  expect(exporterAddress("OTLP/gRPC 127.0.0.1:4317")).toBeNull();
  expect(exporterAddress("")).toBeNull();
});

const SLOW = traceAt(Date.parse("2026-01-01T12:00:00.000Z"), {
  durationMs: 300,
  services: [{ service: "reviews", namespace: "shop", spans: 1, errors: 0, versions: ["v2"] }],
});

test("a trace is selected when it lies in the rectangle and the version took part", () => {
  expect(isSelected(SLOW, stateOf(""))).toBe(false);
  expect(isSelected(SLOW, stateOf("selMin=250"))).toBe(true);
  expect(isSelected(SLOW, stateOf("selMin=301"))).toBe(false);
  expect(isSelected(SLOW, stateOf("selVersion=v2"))).toBe(true);
  expect(isSelected(SLOW, stateOf("service=shop/reviews&selVersion=v2"))).toBe(true);
  expect(isSelected(SLOW, stateOf("service=cart&selVersion=v2"))).toBe(false);
  expect(isSelected(SLOW, stateOf("selVersion=v2&selMax=1"))).toBe(false);
});

test("the page hides what the top bar and the whole trace's duration leave out", () => {
  expect(isShown(SLOW, stateOf(""), "", [])).toBe(true);
  expect(isShown(SLOW, stateOf("wholeMin=301"), "", [])).toBe(false);
  expect(isShown(SLOW, stateOf(""), "revi v2", ["shop"])).toBe(true);
  expect(isShown(SLOW, stateOf(""), "cart", [])).toBe(false);
  expect(isShown(SLOW, stateOf(""), "", ["other"])).toBe(false);
});
