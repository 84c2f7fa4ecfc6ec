import { assembleTraces, type ExternalUrl } from "#collectors/shared/assemble-traces.ts";
import type { Answered, JsonQuestions, Question } from "#collectors/shared/json-questions.ts";
import type { DecodedSpans } from "#collectors/shared/otlp/decode-export.ts";
import { ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { Notice } from "#lib/model/evidence.ts";
import type { Trace } from "#lib/model/trace.ts";

/** Traces of an answer, and a notice when spans of it could not be taken. */
export interface DecodedTraces {
  traces: Trace[];
  notices: Notice[];
}

/** Runs a decoder over an answer; what it cannot read is the answer's fault, and named as such. */
export function decodeTraces(
  sourceId: string,
  questions: JsonQuestions,
  question: Question,
  answer: Answered,
  decode: () => DecodedSpans,
  externalUrl: ExternalUrl,
): Result<DecodedTraces> {
  try {
    const { records, rejected, reasons } = decode();
    const traces = assembleTraces(records, externalUrl);
    questions.accepted(answer);
    return ok({ traces, notices: rejected === 0 ? [] : [rejectedNotice(sourceId, rejected, reasons)] });
  } catch (cause) {
    if (!(cause instanceof WeftError)) throw cause;
    const what = cause.field === null ? "with something that is not what was asked for" : `with a wrong ${cause.field}`;
    return questions.fail(questions.malformed(question.path, what));
  }
}

function rejectedNotice(source: string, rejected: number, reasons: readonly string[]): Notice {
  const spans = rejected === 1 ? "1 span" : `${rejected} spans`;
  const text = `${source} gave ${spans} that cannot be shown. ${reasons[0] ?? ""}`.trim();
  return { level: "warning", code: "SPANS_REJECTED", text, source, mend: null };
}
