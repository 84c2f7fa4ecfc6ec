import { parseJson } from "./parse-json.ts";
import { childOf, eachOf, objectAt, type JsonObject, type Place } from "./place.ts";

const POINT_KINDS = ["gauge", "sum", "histogram", "exponentialHistogram", "summary"];

/** Data points of an ExportMetricsServiceRequest in JSON. Throws INVALID, naming the path, where a list is none. */
export function countMetricPointsJson(text: string): number {
  let points = 0;
  eachIn(text, "resourceMetrics", "scopeMetrics", "metrics", (metric, place) => {
    for (const kind of POINT_KINDS) {
      const data = childOf(metric, kind, place);
      if (data !== null) eachOf(data.value, "dataPoints", data.place, () => void (points += 1));
    }
  });
  return points;
}

/** Records of an ExportLogsServiceRequest in JSON. Throws INVALID, naming the path, where a list is none. */
export function countLogRecordsJson(text: string): number {
  let records = 0;
  eachIn(text, "resourceLogs", "scopeLogs", "logRecords", () => void (records += 1));
  return records;
}

function eachIn(text: string, ofResource: string, ofScope: string, items: string, visit: (item: JsonObject, place: Place) => void): void {
  eachOf(objectAt(parseJson(text), null), ofResource, null, (resource, place) => {
    eachOf(resource, ofScope, place, (scope, at) => eachOf(scope, items, at, visit));
  });
}
