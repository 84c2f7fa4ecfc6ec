import type { DecodedTraces } from "#collectors/shared/decode-answer.ts";
import type { Answered, JsonQuestions, Question } from "#collectors/shared/json-questions.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { SpanKind } from "#lib/model/trace.ts";

import type { JaegerSearch } from "./put-filter.ts";

export interface Operation {
  name: string;
  kind: SpanKind | null;
}

export interface JaegerTraces extends DecodedTraces {
  /** The question as it was put. */
  query: string;
}

/**
 * One generation of Jaeger's HTTP interface. Errors are those of `TraceSource`; nothing found is an empty list. `trace`:
 * an empty list = it has no such trace.
 */
export interface JaegerApi {
  /** False = a search needs a service. Where it is true, the store behind the server may still want one. */
  readonly searchesAllServices: boolean;
  services(signal: AbortSignal | undefined): Promise<Result<{ names: string[]; query: string }>>;
  operations(service: string, signal: AbortSignal | undefined): Promise<Result<Operation[]>>;
  search(search: JaegerSearch, depth: number, signal: AbortSignal | undefined): Promise<Result<JaegerTraces>>;
  trace(id: string, signal: AbortSignal | undefined): Promise<Result<JaegerTraces>>;
}

/** Both versions say "nothing found" with 404 and words of their own; any other 404 is a refusal. `null` = it is no 404. */
export function ifNothingFound(questions: JsonQuestions, question: Question, answer: Answered, words: string): Result<JaegerTraces> | null {
  if (answer.status !== 404) return null;
  if (!answer.text.includes(words)) return questions.fail(questions.refused(question.path, 404, answer.text));
  questions.accepted(answer);
  return ok({ traces: [], notices: [], query: questions.address(question) });
}

const KINDS: ReadonlySet<string> = new Set<SpanKind>(["internal", "server", "client", "producer", "consumer"]);

/** Jaeger's word for a kind; what it does not say means internal work (OpenTelemetry, SpanKind). */
export function kindOf(word: string): SpanKind | null {
  const kind = word.toLowerCase();
  if (kind === "") return "internal";
  // Just looked up among them.
  return KINDS.has(kind) ? (kind as SpanKind) : null;
}
