import type { Result } from "#lib/model/errors.ts";

/** One question. Collectors read the outside world through this port and cannot change it: there is no other method than these two. */
export interface HttpGet {
  /** Absolute `http:` or `https:` URL without user information. */
  url: string;
  /** Milliseconds for the whole exchange, from connecting to the last byte. */
  timeoutMs: number;
  /** The answer is given up as soon as it is known to be longer than this. */
  maxBytes: number;
  headers?: Readonly<Record<string, string>>;
  /**
   * Parameters of a question that are too long for a URL. With them it is a POST of `application/x-www-form-urlencoded`, for
   * programs that take the same question either way.
   */
  form?: Readonly<Record<string, string>> | undefined;
  /** An answer that is longer than `maxBytes` is cut there and taken (`isCut`), instead of being an error. */
  takesCut?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** An answer that came whole, whatever its status. Redirects are answers too: they are never followed. */
export interface HttpAnswer {
  status: number;
  /** Media type without parameters, in lower case; `null` when the server named none. */
  mediaType: string | null;
  /** The body as UTF-8; bytes that are not UTF-8 are replaced. */
  text: string;
  /** Headers by their names in lower case, of those that came once; left out by fetchers that do not tell. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** The text ends at `maxBytes`, and more was to come. */
  isCut?: boolean | undefined;
  /** From the call to the last byte, milliseconds. */
  elapsedMs: number;
}

/**
 * Reads from other programs over HTTP. Errors: TIMEOUT (no whole answer in time), SOURCE_UNREACHABLE (no connection,
 * or given up by the caller's signal), SOURCE_MALFORMED (too long, cut short, or not HTTP). All are sentences that name
 * the host. Never throws.
 */
export interface HttpFetcher {
  get(request: HttpGet): Promise<Result<HttpAnswer>>;
}
