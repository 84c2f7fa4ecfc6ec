import { parentPort, workerData } from "node:worker_threads";

import { otlpJsonOf } from "#collectors/shared/otlp/json/write-export-json.ts";
import { matchesTerms } from "#collectors/shared/otlp/match-terms.ts";
import { decodeResource } from "#collectors/shared/otlp/read-resource.ts";
import { decodeSpan } from "#collectors/shared/otlp/read-span.ts";
import { runQueries } from "./run-queries.ts";

if (parentPort === null) throw new Error("queries run in a worker thread only");

runQueries(parentPort, String(workerData), {
  span: (body, { scope, ...base }) => ({ ...decodeSpan(body, base), scope }),
  resource: decodeResource,
  matches: matchesTerms,
  otlpJson: otlpJsonOf,
});
