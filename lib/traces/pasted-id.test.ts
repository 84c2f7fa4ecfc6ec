import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isShortId, readPastedId } from "./pasted-id.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const SHORT = "a3ce929d0e0e4736";
const PADDED = `0000000000000000${SHORT}`;

describe("readPastedId", () => {
  it.each<[string, string, string | null]>([
    [TRACE, TRACE, null],
    [` ${TRACE.toUpperCase()}\n`, TRACE, null],
    [`"${TRACE}"`, TRACE, null],
    [SHORT, PADDED, null],
    ["3ce929d0e0e4736", `00000000000000003ce929d0e0e4736`.padStart(32, "0"), null],
    [`00-${TRACE}-${SPAN}-01`, TRACE, SPAN],
    [`traceparent: 00-${TRACE}-${SPAN}-01`, TRACE, SPAN],
    [`"traceparent":"cc-${TRACE}-${SPAN}-01-what-comes-later",`, TRACE, SPAN],
    [`${TRACE}:${SPAN}:0:1`, TRACE, SPAN],
    [`uber-trace-id: ${SHORT}:f067aa0ba902b7:0:1`, PADDED, SPAN],
    [`${TRACE}-${SPAN}`, TRACE, SPAN],
    [`b3: ${SHORT}-${SPAN}-1-${SPAN}`, PADDED, SPAN],
    [`traceId=${TRACE}`, TRACE, null],
    [`http://jaeger.example:16686/trace/${TRACE}`, TRACE, null],
    [`http://jaeger.example:16686/base/trace/${SHORT}?uiFind=${SPAN}`, PADDED, SPAN],
    [`https://zipkin.example/zipkin/traces/${SHORT}`, PADDED, null],
    [`http://localhost:4600/trace?id=${TRACE}&span=${SPAN}`, TRACE, SPAN],
    [`/trace?id=${TRACE}`, TRACE, null],
    [`https://app.example/#/traces/${TRACE}?tab=1`, TRACE, null],
    [`https://app.example/x?traceId=${TRACE}&id=${SPAN}`, TRACE, null],
    [`https://app.example/x?trace=${TRACE}%3A${SPAN}%3A0%3A1`, TRACE, SPAN],
    ["http://jaeger.example/trace/3ce929d0e0e4736", `3ce929d0e0e4736`.padStart(32, "0"), null],
  ])("finds the trace in %j", (text, traceId, spanId) => {
    expect(readPastedId(text)).toEqual({ traceId, spanId });
  });

  it.each([
    "",
    "cafe",
    "4bf92f35",
    "4bf92f3577b",
    "error=true",
    "reviews",
    `${TRACE}0`,
    "0".repeat(32),
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}`,
    "http://shop.example/product/42",
    "http://shop.example/facade/deadbeef",
    "https://[",
    "http://a/%zz",
    "a".repeat(100_000),
  ])("takes %j for a search", (text) => {
    expect(readPastedId(text)).toBeNull();
  });

  it.each([
    ["4bf92f3", false],
    ["4bf92f35", true],
    [" 4BF92F3577B ", true],
    ["4bf92f3577b3", false],
    [TRACE, false],
    ["reviews1", false],
    ["", false],
  ])("says whether %j is an id that was cut: %s", (text, isShort) => {
    expect(isShortId(text)).toBe(isShort);
  });

  it("answers any text with a whole id or none", () => {
    const hexish = fc.string({ unit: fc.constantFrom("0", "a", "f", "-", ":", "/", "?", "=", "%", "#", "h", "t", "p") });
    fc.assert(
      fc.property(
        fc.oneof(hexish, fc.webUrl({ withFragments: true, withQueryParameters: true }), fc.string({ unit: "binary" })),
        (text) => {
          const found = readPastedId(text);
          if (found === null) return;
          expect(found.traceId).toMatch(/^[0-9a-f]{32}$/);
          expect(found.spanId ?? SPAN).toMatch(/^[0-9a-f]{16}$/);
        },
      ),
    );
  });
});
