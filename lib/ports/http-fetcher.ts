import type { Result } from "#lib/model/errors.ts";

/** One GET. There is no other method: collectors read the outside world through this port and cannot change it. */
export interface HttpGet {
  /** Absolute `http:` or `https:` URL without user information. */
  url: string;
  /** Milliseconds for the whole exchange, from connecting to the last byte. */
  timeoutMs: number;
  /** The answer is given up as soon as it is known to be longer than this. */
  maxBytes: number;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
}

/** An answer that came whole, whatever its status. Redirects are answers too: they are never followed. */
export interface HttpAnswer {
  status: number;
  /** Media type without parameters, in lower case; `null` when the server named none. */
  mediaType: string | null;
  /** The body as UTF-8; bytes that are not UTF-8 are replaced. */
  text: string;
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
