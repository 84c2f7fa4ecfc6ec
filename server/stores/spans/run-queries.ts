import type { MessagePort } from "node:worker_threads";

import type { Result } from "#lib/model/errors.ts";

import { systemClock } from "../../telemetry/system-time.ts";
import { type QueryMessage, type QueryReply, toPlain } from "./query-messages.ts";
import type { SpanCodec } from "./span-codec.ts";
import { type Question, SpanReader } from "./span-reader.ts";

/** The life of the thread of queries: one answer after the other, until the port is closed. */
export function runQueries(port: MessagePort, sourceId: string, codec: SpanCodec): void {
  const reader = new SpanReader(sourceId, codec);
  port.on("message", (message: QueryMessage) => {
    const untilMs = systemClock.monotonicMs() + message.deadlineMs;
    const effort = { isSpent: () => Atomics.load(message.gaveUp, 0) === 1 || systemClock.monotonicMs() > untilMs };
    const { id, path, nowMs } = message;
    port.postMessage(replyOf(id, answer(reader, message, { path, nowMs, effort })), []);
  });
  port.once("close", () => reader.close());
}

function replyOf(id: number, result: Result<unknown>): QueryReply {
  return result.ok ? { id, ok: true, value: result.value } : { id, ok: false, error: toPlain(result.error) };
}

function answer(reader: SpanReader, call: QueryMessage, question: Question): Result<unknown> {
  switch (call.name) {
    case "services":
      return reader.services(question);
    case "find":
      return reader.find(question, ...call.args);
    case "trace":
      return reader.trace(question, ...call.args);
    case "otlpJson":
      return reader.otlpJson(question, ...call.args);
    case "differences":
      return reader.differences(question, ...call.args);
    case "operations":
      return reader.operations(question, ...call.args);
    case "exemplars":
      return reader.exemplars(question, ...call.args);
    default:
      return reader.edges(question, ...call.args);
  }
}
