import { describe, expect, it } from "vitest";

import { otlpType } from "../shared/otlp/testing/otlp-proto.ts";

import { encodeAnswer, encodeStatus, encodeTraceAnswer } from "./answers.ts";

const json = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString());
const reasons = ["A trace id is all zeros.", "A span id has 4 bytes instead of 8."];

describe("the answer to an export", () => {
  it("is empty when everything was kept", () => {
    expect(encodeTraceAnswer({ rejected: 0, reasons: [] }, "protobuf")).toEqual(new Uint8Array());
    expect(json(encodeTraceAnswer({ rejected: 0, reasons: [] }, "json"))).toEqual({});
  });

  it("says how many spans were not, and why", () => {
    const bytes = encodeTraceAnswer({ rejected: 300, reasons }, "protobuf");
    expect(otlpType("ExportTraceServiceResponse").decode(bytes).toJSON()).toEqual({
      partialSuccess: { rejectedSpans: "300", errorMessage: reasons.join(" ") },
    });
    expect(json(encodeTraceAnswer({ rejected: 300, reasons }, "json"))).toEqual({
      partialSuccess: { rejectedSpans: "300", errorMessage: reasons.join(" ") },
    });
  });

  it("names what was rejected as each signal does", () => {
    expect(json(encodeAnswer("metrics", 2, "m", "json"))).toEqual({ partialSuccess: { rejectedDataPoints: "2", errorMessage: "m" } });
    expect(json(encodeAnswer("logs", 2, "m", "json"))).toEqual({ partialSuccess: { rejectedLogRecords: "2", errorMessage: "m" } });
  });

  it("may warn with nothing rejected", () => {
    expect(json(encodeAnswer("metrics", 0, "Counted only.", "json"))).toEqual({ partialSuccess: { errorMessage: "Counted only." } });
    expect(
      otlpType("ExportTraceServiceResponse")
        .decode(encodeAnswer("metrics", 0, "Counted only.", "protobuf"))
        .toJSON(),
    ).toEqual({
      partialSuccess: { errorMessage: "Counted only." },
    });
  });
});

describe("a refusal", () => {
  it("is a google.rpc.Status in the form of the request", () => {
    expect(
      otlpType("RpcStatus")
        .decode(encodeStatus(3, "Not valid: ü", "protobuf"))
        .toJSON(),
    ).toEqual({ code: 3, message: "Not valid: ü" });
    expect(json(encodeStatus(3, "Not valid: ü", "json"))).toEqual({ code: 3, message: "Not valid: ü" });
  });
});
