import { LENGTH, VARINT } from "../shared/otlp/fields.ts";
import { WireWriter } from "../shared/otlp/wire-writer.ts";

/** Form of a body: what the request had, the answer has too. */
export type OtlpForm = "protobuf" | "json";

export type OtlpSignal = "traces" | "metrics" | "logs";

const REJECTED_KEY: Readonly<Record<OtlpSignal, string>> = {
  traces: "rejectedSpans",
  metrics: "rejectedDataPoints",
  logs: "rejectedLogRecords",
};

/**
 * An Export*ServiceResponse. Empty when nothing was rejected and nothing is to be said; else a partial success, which a client
 * must not send again. A message with nothing rejected is a warning (OTLP 1.9, "Partial Success").
 */
export function encodeAnswer(signal: OtlpSignal, rejected: number, message: string, form: OtlpForm): Uint8Array {
  const isPartial = rejected > 0 || message !== "";
  if (form === "json") {
    const rejectedText = rejected > 0 ? { [REJECTED_KEY[signal]]: String(rejected) } : {};
    const partialSuccess = { ...rejectedText, ...(message === "" ? {} : { errorMessage: message }) };
    return Buffer.from(JSON.stringify(isPartial ? { partialSuccess } : {}));
  }
  const writer = new WireWriter();
  if (isPartial) {
    writer.message(tag(1, LENGTH), () => {
      if (rejected > 0) writer.number(tag(1, VARINT), rejected);
      if (message !== "") writer.text(tag(2, LENGTH), message);
    });
  }
  return writer.finish();
}

/** The answer to spans that were kept, but for those that could not be. */
export function encodeTraceAnswer({ rejected, reasons }: { rejected: number; reasons: readonly string[] }, form: OtlpForm): Uint8Array {
  return encodeAnswer("traces", rejected, reasons.join(" "), form);
}

/** A google.rpc.Status, the body of every refusal. `code` is a gRPC code, such as 3 = INVALID_ARGUMENT, 8 = RESOURCE_EXHAUSTED, 14 = UNAVAILABLE. */
export function encodeStatus(code: number, message: string, form: OtlpForm): Uint8Array {
  if (form === "json") return Buffer.from(JSON.stringify({ code, message }));
  const writer = new WireWriter();
  if (code !== 0) writer.number(tag(1, VARINT), code);
  if (message !== "") writer.text(tag(2, LENGTH), message);
  return writer.finish();
}

function tag(field: number, wireType: number): number {
  return field * 8 + wireType;
}
