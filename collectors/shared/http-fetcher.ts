import { Agent, request as undiciRequest } from "undici";

import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { HttpAnswer, HttpFetcher, HttpGet } from "#lib/ports/http-fetcher.ts";
import type { Clock, Scheduler } from "#lib/ports/time.ts";

/** What no answer of any outside system needs to exceed; longer ones are refused unread. */
export const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

const CONNECTIONS_PER_HOST = 8;

/** Codes by which Node says that a TLS peer could not be verified (node:tls, X509 certificate error codes). */
const CERTIFICATE_TROUBLE = /CERT|SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)/;

interface FetcherParts {
  clock: Clock;
  scheduler: Scheduler;
  /** Certificates of authorities in PEM, in place of those that the system trusts; left out = those. */
  ca?: string | undefined;
  /** Certificate chain and private key in PEM, shown to servers that ask who is there. */
  client?: { cert: string; key: string } | undefined;
}

/** An `HttpFetcher` that keeps connections open. `close` gives up what is under way and closes them. */
export function createHttpFetcher(parts: FetcherParts): HttpFetcher & { close(): Promise<void> } {
  // The deadline covers the whole exchange and is ours, so undici's own timers (which cover parts of it) are off.
  const { ca, client } = parts;
  const connect = { ...(ca === undefined ? {} : { ca }), ...client };
  const agent = new Agent({ connections: CONNECTIONS_PER_HOST, pipelining: 1, headersTimeout: 0, bodyTimeout: 0, connect });
  return {
    get: (get) => exchange(agent, parts, get),
    close: () => agent.destroy(),
  };
}

async function exchange(agent: Agent, parts: FetcherParts, get: HttpGet): Promise<Result<HttpAnswer>> {
  const url = URL.parse(get.url);
  if (url === null) return err(new WeftError("INVALID", `${JSON.stringify(get.url)} is not a URL.`, { field: "url" }));
  if (get.signal?.aborted === true) return err(givenUp(url));
  const controller = new AbortController();
  const giveUp = (): void => controller.abort();
  let isLate = false;
  const deadline = parts.scheduler.after(get.timeoutMs, () => {
    isLate = true;
    giveUp();
  });
  get.signal?.addEventListener("abort", giveUp, { once: true });
  const startedAt = parts.clock.monotonicMs();
  const progress = { bytes: 0 };
  try {
    const read = await readAnswer(agent, url, get, controller.signal, progress);
    if (read === null) return err(tooLong(url, get.maxBytes));
    return ok({ ...read, elapsedMs: parts.clock.monotonicMs() - startedAt });
  } catch (cause) {
    if (isLate) return err(tooLate(url, get.timeoutMs, cause));
    if (controller.signal.aborted) return err(givenUp(url, cause));
    return err(broken(url, progress.bytes, cause));
  } finally {
    deadline.cancel();
    get.signal?.removeEventListener("abort", giveUp);
  }
}

/** `null` = longer than allowed. */
async function readAnswer(
  agent: Agent,
  url: URL,
  get: HttpGet,
  signal: AbortSignal,
  progress: { bytes: number },
): Promise<Omit<HttpAnswer, "elapsedMs"> | null> {
  const answer = await undiciRequest(url, {
    ...(get.form === undefined ? { method: "GET" } : { method: "POST", body: new URLSearchParams(get.form).toString() }),
    dispatcher: agent,
    signal,
    headers: {
      "accept-encoding": "identity",
      ...(get.form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      ...get.headers,
    },
  });
  const announced = Number(answer.headers["content-length"] ?? 0);
  const chunks: Buffer[] = [];
  let isCut = false;
  // Destroying a body makes it raise an error nobody waits for any more.
  answer.body.on("error", () => undefined);
  if (announced > get.maxBytes && get.takesCut !== true) {
    answer.body.destroy();
    return null;
  }
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    progress.bytes += chunk.length;
    chunks.push(chunk);
    if (progress.bytes <= get.maxBytes) continue;
    answer.body.destroy();
    if (get.takesCut !== true) return null;
    isCut = true;
    break;
  }
  const type = answer.headers["content-type"];
  const mediaType = (typeof type === "string" ? type : "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return {
    status: answer.statusCode,
    mediaType: mediaType === "" ? null : mediaType,
    text: Buffer.concat(chunks, Math.min(progress.bytes, get.maxBytes)).toString("utf8"),
    headers: singleHeaders(answer.headers),
    ...(isCut ? { isCut } : {}),
  };
}

function singleHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const single: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (typeof value === "string") single[name] = value;
  return single;
}

/** Whether nothing listens at the address: the program is not running, rather than slow or out of reach. */
export function isConnectionRefused(error: WeftError): boolean {
  return codeOf(error.cause) === "ECONNREFUSED";
}

function codeOf(cause: unknown): string | null {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : null;
}

function tooLate(url: URL, timeoutMs: number, cause: unknown): WeftError {
  return new WeftError("TIMEOUT", `${url.host} did not answer ${url.pathname} within ${timeoutMs} ms.`, { isRetryable: true, cause });
}

function givenUp(url: URL, cause?: unknown): WeftError {
  return new WeftError("SOURCE_UNREACHABLE", `The question to ${url.host} was given up before it answered.`, { isRetryable: true, cause });
}

function tooLong(url: URL, maxBytes: number): WeftError {
  return new WeftError(
    "SOURCE_MALFORMED",
    `${url.host} answered ${url.pathname} with more than ${sizeInWords(maxBytes)}, which is not read.`,
    { field: "maxBytes" },
  );
}

function sizeInWords(bytes: number): string {
  return bytes % (1024 * 1024) === 0 ? `${bytes / (1024 * 1024)} MiB` : `${bytes} bytes`;
}

function broken(url: URL, bytes: number, cause: unknown): WeftError {
  const code = codeOf(cause);
  if (code === "ECONNREFUSED") {
    return new WeftError("SOURCE_UNREACHABLE", `${url.host} refused the connection.`, { isRetryable: true, cause });
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return new WeftError("SOURCE_UNREACHABLE", `The name ${url.hostname} could not be resolved.`, { isRetryable: true, cause });
  }
  if (code !== null && CERTIFICATE_TROUBLE.test(code)) {
    const mend = "Renew the certificate, or name the file of the authority that signed it.";
    return new WeftError("SOURCE_UNREACHABLE", `The certificate of ${url.host} is not to be trusted (${code}).`, { mend, cause });
  }
  if (cause instanceof Error && cause.name === "HTTPParserError") {
    return new WeftError("SOURCE_MALFORMED", `${url.host} does not speak HTTP.`, { cause });
  }
  if (bytes > 0) {
    return new WeftError("SOURCE_MALFORMED", `${url.host} broke off its answer to ${url.pathname} after ${bytes} bytes.`, {
      isRetryable: true,
      cause,
    });
  }
  return new WeftError("SOURCE_UNREACHABLE", `${url.host} closed the connection without an answer (${code ?? "no reason given"}).`, {
    isRetryable: true,
    cause,
  });
}
