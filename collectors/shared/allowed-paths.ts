import { err, WeftError } from "#lib/model/errors.ts";
import type { HttpFetcher } from "#lib/ports/http-fetcher.ts";

/**
 * The same fetcher, limited to some paths: anything else is refused before a byte is sent. For servers where other
 * paths change things or tell secrets, and where a POST may change what a GET reads: forms are refused. Paths are compared after the URL is normalised, so `..` gains nothing.
 */
export function allowOnlyPaths(http: HttpFetcher, paths: readonly string[]): HttpFetcher {
  const allowed = new Set(paths);
  return {
    async get(request) {
      const url = URL.parse(request.url);
      if (request.form !== undefined) return err(new WeftError("FORBIDDEN", "Weft only ever reads here, and sends no forms."));
      if (url !== null && allowed.has(url.pathname)) return http.get({ ...request, url: url.href });
      return err(new WeftError("FORBIDDEN", `Weft never asks for ${url === null ? JSON.stringify(request.url) : url.pathname} here.`));
    },
  };
}
