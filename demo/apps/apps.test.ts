import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { SERVICES } from "../mesh/services.ts";
import { drawsFor } from "../random/draws.ts";
import { landingOf, refusedLanding } from "./arrival.ts";
import { behaviourOf, detailedRatingMs, REVIEWS_V2_BUDGET_MS, REVIEWS_V2_CALLS } from "./behaviour.ts";
import { contextOf, outgoingHeaders } from "./context.ts";
import { decodeGetRequest, encodeGetReply, encodeGetRequest, frame, isServerFault, unframe } from "./grpc-wire.ts";
import { drawPage, PAGES } from "./pages.ts";
import type { AppIdentity } from "./app-identity.ts";
import { createRuntime, settingFor } from "./runtime.ts";
import { exportRequest, NO_SPANS } from "./spans.ts";
import { continueTrace, isSampled, traceHeaders } from "./trace-context.ts";

const CATALOG: AppIdentity = { service: "catalog", namespace: "shop", version: "v1", id: "catalog-v1-0.shop", address: "127.0.1.30" };

describe("behaviour", () => {
  it("is known for every application", () => {
    for (const service of SERVICES.filter(({ hasApp, protocol }) => hasApp && protocol !== "tcp")) {
      for (const version of service.versions) expect(behaviourOf(service.name, version).errorShare).toBeLessThan(0.02);
    }
  });

  it("lets v2 of reviews spend its budget about four times in a hundred", () => {
    const draws = drawsFor(1, "reviews");
    const runs = 20_000;
    const overheadMs = 4;
    let spent = 0;
    for (let run = 0; run < runs; run += 1) {
      let total = 0;
      for (let call = 0; call < REVIEWS_V2_CALLS; call += 1) total += detailedRatingMs(draws) + overheadMs;
      if (total > REVIEWS_V2_BUDGET_MS) spent += 1;
    }
    expect(spent / runs).toBeGreaterThan(0.03);
    expect(spent / runs).toBeLessThan(0.055);
  });
});

function share(host: string): number {
  return PAGES.filter((page) => page.needs.includes(host)).reduce((sum, page) => sum + page.share, 0);
}

describe("pages", () => {
  it("asks each service as often as the demo's numbers say", () => {
    expect(PAGES.reduce((sum, page) => sum + page.share, 0)).toBeCloseTo(1, 9);
    expect(share("catalog")).toBeCloseTo(0.644, 9);
    expect(share("cart")).toBeCloseTo(0.243, 9);
    expect(share("reviews")).toBeCloseTo(0.155, 9);
    expect(share("checkout")).toBeCloseTo(0.05, 9);
  });

  it("draws by those shares, up to the edges", () => {
    expect(drawPage(() => 0).name).toBe("browse");
    expect(drawPage(() => 0.96).name).toBe("checkout");
    expect(drawPage(() => 1 - Number.EPSILON).needs.length).toBeGreaterThan(0);
  });
});

describe("landingOf", () => {
  it("believes the application's signature", () => {
    expect(landingOf(200, { "x-demo-app": "reviews@v2" }, "reviews")).toEqual({ version: "v2", neverArrived: false, denied: false });
    expect(landingOf(200, { "x-demo-app": "card-network@" }, "card-network")).toEqual({
      version: null,
      neverArrived: false,
      denied: false,
    });
  });

  it.each([
    ["UH;outbound|9080|v2|reviews", "reviews", { version: "v2", neverArrived: true }],
    ["URX,UF;outbound|9080|v1|reviews", "reviews", { version: "v1", neverArrived: true }],
    ["UO;outbound|8080||catalog", "catalog", { version: "v1", neverArrived: true }],
    ["NC;-", "reviews", { version: null, neverArrived: true }],
    // Timed out or reset: the service may well have had it.
    ["UT;outbound|9080|v2|reviews", "reviews", { version: "v2", neverArrived: false }],
    ["UC;outbound|9080|v2|reviews", "reviews", { version: "v2", neverArrived: false }],
  ])("reads what a proxy says of its own answer: %s", (mark, host, landing) => {
    expect(landingOf(503, { "x-demo-local-reply": mark }, host)).toEqual({ ...landing, denied: false });
  });

  it("takes a 403 for a proxy's word only when no application signed it", () => {
    const mark = { "x-demo-local-reply": "-;outbound|8080|v1|ledger" };
    expect(landingOf(403, mark, "ledger")).toEqual({ version: "v1", neverArrived: false, denied: true });
    expect(landingOf(403, { ...mark, "x-demo-app": "ledger@v1" }, "ledger").denied).toBe(false);
    expect(landingOf(403, {}, "ledger").denied).toBe(false);
  });

  it("knows the version of a call that went nowhere only where there is just one", () => {
    expect(refusedLanding("catalog").version).toBe("v1");
    expect(refusedLanding("reviews").version).toBeNull();
    expect(refusedLanding("card-network").version).toBeNull();
  });
});

const runtime = createRuntime(1, NO_SPANS);

function fate(headers: Record<string, string>): number {
  return contextOf(runtime, CATALOG, headers).draws();
}

describe("contextOf", () => {
  const first = { "x-demo-draw": "page.1/frontend.0", "x-demo-caller": "frontend", "x-request-id": "r-1" };

  it("draws the same fate for the same request, and another for its second try", () => {
    expect(fate(first)).toBe(fate({ ...first, "x-envoy-attempt-count": "1" }));
    expect(fate(first)).not.toBe(fate({ ...first, "x-envoy-attempt-count": "2" }));
  });

  it("passes on what belongs to the request, and never the attempt", () => {
    const context = contextOf(runtime, CATALOG, { ...first, "x-envoy-attempt-count": "2" });
    expect(context).toMatchObject({ caller: "frontend", attempt: 2 });
    expect(outgoingHeaders(CATALOG, context, "reviews", 3)).toEqual({
      host: "reviews",
      "x-demo-caller": "catalog",
      "x-demo-draw": "page.1/frontend.0/catalog.3",
      "x-request-id": "r-1",
      traceparent: `00-${context.trace.traceId}-${context.trace.spanId}-01`,
    });
  });

  it("takes a broken attempt count for the first", () => {
    for (const count of ["", "x", "-3", "0"]) expect(contextOf(runtime, CATALOG, { "x-envoy-attempt-count": count }).attempt).toBe(1);
  });
});

describe("settingFor", () => {
  it("prefers the version's setting", () => {
    const settings = { reviews: "all", "reviews@v2": "second" };
    expect(settingFor(settings, "reviews", "v2")).toBe("second");
    expect(settingFor(settings, "reviews", "v1")).toBe("all");
    expect(settingFor(settings, "cart", "v1")).toBeUndefined();
  });
});

describe("trace context", () => {
  const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

  it("continues the caller's trace with a span of its own", () => {
    const trace = continueTrace(parent, "vendor=1");
    expect(trace).toMatchObject({ traceId: "0af7651916cd43dd8448eb211c80319c", parentId: "b7ad6b7169203331" });
    expect(isSampled(trace)).toBe(false);
    expect(traceHeaders(trace)).toEqual({ traceparent: `00-${trace.traceId}-${trace.spanId}-00`, tracestate: "vendor=1" });
  });

  it("begins a trace when there is none that it understands", () => {
    for (const header of [undefined, "", "00-xyz", `${parent}-extra`]) {
      const trace = continueTrace(header, "");
      expect(trace.parentId).toBeNull();
      expect(trace.traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(isSampled(trace)).toBe(true);
    }
  });
});

describe("exportRequest", () => {
  it("groups spans by application, with ids in hex and 64-bit numbers as strings", () => {
    const trace = continueTrace("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", undefined);
    const span = {
      trace,
      name: "GET catalog",
      startMs: 1_795_269_600_000,
      durationMs: 1.5,
      error: true,
      attributes: { "http.response.status_code": 503 },
    };
    expect(exportRequest([{ app: CATALOG, span }])).toEqual({
      resourceSpans: [
        {
          resource: {
            attributes: [
              { key: "service.name", value: { stringValue: "catalog" } },
              { key: "service.namespace", value: { stringValue: "shop" } },
              { key: "service.instance.id", value: { stringValue: "catalog-v1-0.shop" } },
              { key: "service.version", value: { stringValue: "v1" } },
            ],
          },
          scopeSpans: [
            {
              scope: { name: "demo" },
              spans: [
                {
                  traceId: trace.traceId,
                  spanId: trace.spanId,
                  parentSpanId: "b7ad6b7169203331",
                  name: "GET catalog",
                  kind: 2,
                  startTimeUnixNano: "1795269600000000000",
                  endTimeUnixNano: "1795269600001500000",
                  attributes: [{ key: "http.response.status_code", value: { intValue: "503" } }],
                  status: { code: 2 },
                },
              ],
            },
          ],
        },
      ],
    });
  });
});

describe("gRPC wire format", () => {
  it("reads back what it wrote", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), fc.boolean(), (product, detailed) => {
        expect(decodeGetRequest(unframe(frame(encodeGetRequest({ product, detailed }))))).toEqual({ product, detailed });
      }),
    );
  });

  it("writes what protobuf would", () => {
    expect(encodeGetRequest({ product: "ab", detailed: true }).toString("hex")).toBe("0a0261621001");
    expect(frame(encodeGetReply(300)).toString("hex")).toBe("000000000308ac02");
  });

  it("answers garbage with an error and never hangs", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          decodeGetRequest(unframe(Buffer.from(bytes)));
        } catch (cause) {
          expect(cause).toBeInstanceOf(Error);
        }
      }),
    );
    expect(() => unframe(Buffer.from([1, 0, 0, 0, 0]))).toThrow("not an uncompressed");
    expect(() => unframe(Buffer.from([0, 0, 0, 0, 9]))).toThrow("cut short");
  });

  it("tells a server's fault from a caller's mistake", () => {
    const faults = Array.from({ length: 17 }, (_, status) => status).filter(isServerFault);
    expect(faults).toEqual([2, 4, 8, 12, 13, 14, 15]);
  });
});
