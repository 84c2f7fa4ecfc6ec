import { parentPort, workerData } from "node:worker_threads";

import { otlpCodec } from "./otlp-codec.ts";
import { runQueries } from "./run-queries.ts";

if (parentPort === null) throw new Error("queries run in a worker thread only");

runQueries(parentPort, String(workerData), otlpCodec);
