import type { z } from "zod";

import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { HttpAnswer, HttpFetcher } from "#lib/ports/http-fetcher.ts";
import type { Clock } from "#lib/ports/time.ts";
import { printable } from "#lib/routing/printable.ts";

import { authHeaders, type HttpIdentity } from "./http-auth.ts";
import { UnexpectedAnswer } from "./unexpected-answer.ts";

export interface JsonSource extends HttpIdentity {
  id: string;
  /** What it should be, for sentences: `Jaeger`. */
  program: string;
  /** Base URL, with a path where the program has one. */
  url: string;
  timeoutMs: number;
  /** Sent in the URL of every question, before its own parameters. */
  parameters?: Readonly<Record<string, string>> | undefined;
}

export interface QuestionParts {
  http: HttpFetcher;
  clock: Clock;
  readText: (path: string) => Promise<string>;
}

/** One question. `path` is below the base URL and begins with a slash; parameters that are `null` are left out. */
export interface Question {
  path: string;
  parameters?: Readonly<Record<string, string | number | null>>;
  /** Parameters that are too long for a URL: the question is a POST with them as a form. */
  form?: Readonly<Record<string, string>> | undefined;
  /** Longer answers are refused unread, or cut where `takesCut` says so. Default 64 MiB. */
  maxBytes?: number | undefined;
  takesCut?: boolean | undefined;
  /** Statuses other than 200 whose answers mean something to the caller. */
  alsoTake?: readonly number[];
  signal?: AbortSignal | undefined;
}

export interface Answered {
  status: number;
  /** See `HttpAnswer.mediaType`. */
  mediaType: string | null;
  text: string;
  elapsedMs: number;
  headers: Readonly<Record<string, string>>;
  /** See `HttpAnswer.isCut`. */
  isCut: boolean;
}

/** Whether an answer was refused unread for its length, so that asking for less may help. */
export function isTooLong(error: WeftError): boolean {
  return error.field === "maxBytes";
}

/** Takes what became of each question. */
export interface OutcomeListener {
  answered(atMs: number, elapsedMs: number): void;
  failed(error: WeftError, atMs: number): void;
}

/** Traces are whole answers, of which one may hold many; more than this is refused unread. */
const MAX_TRACE_BYTES = 64 * 1024 * 1024;

/**
 * Asks one program that answers in JSON. Errors: those of `HttpFetcher`; SOURCE_REFUSED when it answers no, with its own
 * reason; SOURCE_MALFORMED when the answer is not the program's (a web page that stands at every path, other JSON).
 */
export class JsonQuestions {
  readonly #source: JsonSource;
  readonly #parts: QuestionParts;
  readonly #listener: OutcomeListener;
  readonly #host: string;

  constructor(source: JsonSource, parts: QuestionParts, listener: OutcomeListener) {
    this.#source = source;
    this.#parts = parts;
    this.#listener = listener;
    this.#host = URL.parse(source.url)?.host ?? source.url;
  }

  /** The address of a question, without secrets: evidence for the reader. */
  address({ path, parameters = {} }: Question): string {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...this.#source.parameters, ...parameters }))
      if (value !== null) query.set(name, String(value));
    const text = query.toString();
    return `${this.#source.url.replace(/\/+$/, "")}${path}${text === "" ? "" : `?${text}`}`;
  }

  /** An answer that is JSON by its looks, or has a status that the question also takes. It counts once `accepted` is called. */
  async askText(question: Question): Promise<Result<Answered>> {
    const result = await this.#exchange(question);
    if (result.ok) {
      const { status, mediaType, text, elapsedMs, headers = {}, isCut = false } = result.value;
      return ok({ status, mediaType, text, elapsedMs, headers, isCut });
    }
    // Given up by the one who asked: says nothing about the source.
    return question.signal?.aborted === true ? result : this.fail(result.error);
  }

  async ask<T extends z.ZodType>(question: Question, schema: T): Promise<Result<z.infer<T>>> {
    const answer = await this.askText(question);
    if (!answer.ok) return answer;
    const parsed = this.parse(question, answer.value.text, schema);
    if (parsed.ok) this.accepted(answer.value);
    return parsed;
  }

  /** `read` turns text into a value and may throw; by default JSON with numbers as doubles. */
  parse<T extends z.ZodType>({ path }: Question, text: string, schema: T, read: (text: string) => unknown = parseText): Result<z.infer<T>> {
    let value: unknown;
    try {
      value = read(text);
    } catch {
      return this.fail(this.malformed(path, "with JSON that is cut off or broken"));
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) return ok(parsed.data);
    const issue = parsed.error.issues[0];
    const field = issue?.path.map(String).join(".") ?? "";
    return this.fail(this.malformed(path, `with a wrong ${field === "" ? "answer" : field}: ${issue?.message ?? "it has another shape"}`));
  }

  /** Notes that an answer was what it should be. */
  accepted({ elapsedMs }: Pick<Answered, "elapsedMs">): void {
    this.#listener.answered(this.#parts.clock.nowMs(), elapsedMs);
  }

  /** Notes an error that was found only by reading the answer. */
  fail(error: WeftError): { ok: false; error: WeftError } {
    this.#listener.failed(error, this.#parts.clock.nowMs());
    return err(error);
  }

  /** `answered` = what came in place of the program's answer. */
  malformed(path: string, what: string, answered: Pick<Answered, "status" | "mediaType"> = JSON_ANSWER): WeftError {
    const { id, program } = this.#source;
    const mend = `Check that the address of ${id} is that of ${program}.`;
    const cause = new UnexpectedAnswer({ ...answered, said: null });
    return new WeftError("SOURCE_MALFORMED", `${id} (${this.#host}) answered ${path} ${what}.`, { mend, sourceId: id, cause });
  }

  async #exchange(question: Question): Promise<Result<HttpAnswer>> {
    const { id, timeoutMs } = this.#source;
    const headers = await authHeaders(id, this.#source, this.#parts.readText);
    if (!headers.ok) return headers;
    const answer = await this.#parts.http.get({
      url: this.address(question),
      timeoutMs,
      maxBytes: question.maxBytes ?? MAX_TRACE_BYTES,
      headers: { accept: "application/json", ...headers.value },
      signal: question.signal,
      ...(question.form === undefined ? {} : { form: question.form }),
      ...(question.takesCut === undefined ? {} : { takesCut: question.takesCut }),
    });
    if (!answer.ok) return err(this.#named(answer.error));
    const { status, mediaType, text } = answer.value;
    if (status !== 200 && question.alsoTake?.includes(status) !== true) return err(this.refused(question.path, status, text, mediaType));
    if (status === 200 && !isJson(mediaType, text))
      return err(this.malformed(question.path, whatInstead(mediaType, text), { status, mediaType }));
    return answer;
  }

  /** The fetcher's error, saying whose it is and what may be done. */
  #named(error: WeftError): WeftError {
    const { id, program } = this.#source;
    const mend =
      error.mend ??
      (error.code === "TIMEOUT"
        ? `Ask for less (a shorter time, a service), or raise the timeout of ${id} in the configuration.`
        : `Check that ${program} runs, and that the address of ${id} is right.`);
    const { code, message, isRetryable, field } = error;
    return new WeftError(code, `${id}: ${message}`, {
      mend,
      isRetryable,
      sourceId: id,
      cause: error,
      ...(field === null ? {} : { field }),
    });
  }

  refused(path: string, status: number, text: string, mediaType: string | null = null): WeftError {
    const { id, program } = this.#source;
    const said = reasonIn(text);
    const message = `${id} (${this.#host}) answered ${path} with ${status}${said === null ? "" : `: ${said}`}`;
    const isRetryable = status >= 500 || status === 429;
    return new WeftError("SOURCE_REFUSED", message.endsWith(".") ? message : `${message}.`, {
      mend: mendOf(status, id, program),
      isRetryable,
      sourceId: id,
      cause: new UnexpectedAnswer({ status, mediaType, said }),
    });
  }
}

/** What is read as the program's JSON was sent as such. */
const JSON_ANSWER = { status: 200, mediaType: "application/json" };

function parseText(text: string): unknown {
  return JSON.parse(text);
}

function mendOf(status: number, id: string, program: string): string {
  if (status === 401 || status === 403) return `Give ${id} what identifies Weft: auth, tenant or headers in the configuration.`;
  if (status >= 300 && status < 400) return `It sends Weft elsewhere, perhaps to a login; give ${id} an address that answers itself.`;
  if (status === 429) return "Ask less often, or raise its limits.";
  if (status >= 500) return `Look into the log of ${program}.`;
  return `Check that the address of ${id} is that of ${program}.`;
}

/**
 * Whether an answer may be JSON. A server that shows its pages at unknown paths answers 200 with HTML there; one that does not
 * say what its JSON is has it called plain text by Go's net/http, which looks at the first bytes.
 */
function isJson(mediaType: string | null, text: string): boolean {
  if (mediaType === "application/json") return true;
  // VictoriaMetrics says `application/stream+json` of some of its answers.
  const mayBe = mediaType === null || mediaType === "text/plain" || mediaType.endsWith("+json");
  return mayBe && /^\s*[[{]/.test(text.slice(0, 100));
}

function whatInstead(mediaType: string | null, text: string): string {
  if (mediaType === "text/html" || /^\s*<(!doctype|html)/i.test(text.slice(0, 200))) return "with a web page";
  return mediaType === null ? "without saying that it is JSON" : `with ${JSON.stringify(mediaType)} instead of JSON`;
}

/** What the other side says went wrong, shortened; `null` = nothing that could be shown: pages and raw JSON are no sentences. */
function reasonIn(text: string): string | null {
  const plain = jsonReason(text) ?? (/^\s*[<[{]/.test(text) ? null : text);
  const line = plain?.replace(/\s+/g, " ").trim() ?? "";
  return line === "" ? null : printable(line);
}

function jsonReason(text: string): string | null {
  try {
    const json: unknown = JSON.parse(text);
    return textAt(json, "error", "message") ?? textAt(json, "errors", "0", "msg") ?? textAt(json, "message") ?? textAt(json, "error");
  } catch {
    return null;
  }
}

function textAt(json: unknown, ...path: string[]): string | null {
  let at: unknown = json;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return null;
    at = (at as Record<string, unknown>)[key];
  }
  return typeof at === "string" ? at : null;
}
