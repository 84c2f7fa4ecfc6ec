import { describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";

import { countLogRecords, countMetricPoints } from "./count-records.ts";
import { countLogRecordsJson, countMetricPointsJson } from "./json/count-json.ts";
import { encodeOtlp } from "./testing/otlp-proto.ts";

const attributes = [{ key: "host", value: { arrayValue: { values: [{ stringValue: "a" }, { doubleValue: 1.5 }] } } }];
const point = { timeUnixNano: "1763650000000000000", asDouble: 1.5, attributes };
const histogram = { timeUnixNano: "1763650000000000000", count: "3", bucketCounts: ["1", "2"], explicitBounds: [5], attributes };
const scope = { name: "s", version: "1", attributes };

const metrics = {
  resourceMetrics: [
    {
      resource: { attributes },
      scopeMetrics: [
        {
          scope,
          metrics: [
            { name: "g", gauge: { dataPoints: [point, point] } },
            { name: "s", sum: { dataPoints: [point], aggregationTemporality: 2, isMonotonic: true } },
            { name: "h", histogram: { dataPoints: [histogram, histogram, histogram] } },
            { name: "empty" },
          ],
        },
        { metrics: [{ name: "q", summary: { dataPoints: [{ count: "1", timeUnixNano: "7", attributes }] } }] },
      ],
    },
  ],
};

const logs = {
  resourceLogs: [
    {
      resource: { attributes },
      scopeLogs: [{ scope, logRecords: [{ body: { stringValue: "a" }, attributes, severityNumber: 9, flags: 1 }, {}] }],
    },
    { scopeLogs: [{ logRecords: [{ body: { kvlistValue: { values: attributes } }, traceId: Buffer.alloc(16, 1) }] }] },
  ],
};

function isRefused(count: () => number): boolean {
  try {
    count();
    return false;
  } catch (error) {
    return error instanceof WeftError && error.code === "INVALID";
  }
}

describe("counting what is not kept", () => {
  it("finds every data point", () => {
    expect(countMetricPoints(encodeOtlp("ExportMetricsServiceRequest", metrics))).toBe(7);
    expect(countMetricPointsJson(JSON.stringify(metrics))).toBe(7);
  });

  it("finds every log record", () => {
    expect(countLogRecords(encodeOtlp("ExportLogsServiceRequest", logs))).toBe(3);
    expect(countLogRecordsJson(JSON.stringify(logs))).toBe(3);
  });

  it("takes nothing for none", () => {
    expect([countMetricPoints(new Uint8Array()), countLogRecords(new Uint8Array())]).toEqual([0, 0]);
    expect([countMetricPointsJson("{}"), countLogRecordsJson("{}")]).toEqual([0, 0]);
  });

  it("refuses a request wherever it is cut off", () => {
    const bytes = encodeOtlp("ExportMetricsServiceRequest", metrics);
    for (let length = 1; length < bytes.length; length += 1) {
      expect(isRefused(() => countMetricPoints(bytes.subarray(0, length)))).toBe(true);
    }
  });

  it("refuses one signal that was sent as another", () => {
    expect(isRefused(() => countLogRecords(encodeOtlp("ExportMetricsServiceRequest", metrics)))).toBe(true);
  });

  it("refuses lists that are none in JSON", () => {
    expect(isRefused(() => countMetricPointsJson('{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"sum":{"dataPoints":4}}]}]}]}'))).toBe(
      true,
    );
    expect(isRefused(() => countLogRecordsJson('{"resourceLogs":[7]}'))).toBe(true);
    expect(isRefused(() => countLogRecordsJson("[]"))).toBe(true);
  });
});
