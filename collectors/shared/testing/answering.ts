import type { Result } from "#lib/model/errors.ts";
import { ok } from "#lib/model/errors.ts";
import type { HttpAnswer, HttpFetcher, HttpGet } from "#lib/ports/http-fetcher.ts";

/** An answer as a test writes it; without a type it says that it is JSON. */
export interface Canned {
  status?: number;
  mediaType?: string | null;
  body: unknown;
}

export interface AnsweringFetcher extends HttpFetcher {
  readonly asked: HttpGet[];
  /** Path and query of each question. */
  readonly targets: string[];
}

/** A fetcher that answers from a function of the question's URL; texts are sent as they are, other values as JSON. */
export function createAnsweringFetcher(answer: (url: URL) => Canned | Result<HttpAnswer>): AnsweringFetcher {
  const asked: HttpGet[] = [];
  return {
    asked,
    get targets() {
      return asked.map(({ url }) => url.replace(/^https?:\/\/[^/]+/, ""));
    },
    async get(request) {
      asked.push(request);
      const given = answer(new URL(request.url));
      if ("ok" in given) return given;
      const { status = 200, mediaType = "application/json", body } = given;
      return ok({ status, mediaType, text: typeof body === "string" ? body : JSON.stringify(body), elapsedMs: 7 });
    },
  };
}
