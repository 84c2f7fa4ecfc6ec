import { expect, it } from "vitest";

import { ok } from "#lib/model/errors.ts";
import type { HttpFetcher } from "#lib/ports/http-fetcher.ts";

import { allowOnlyPaths } from "./allowed-paths.ts";

function spy(): HttpFetcher & { urls: string[] } {
  const urls: string[] = [];
  return {
    urls,
    get: async ({ url }) => {
      urls.push(url);
      return ok({ status: 200, mediaType: null, text: "", elapsedMs: 0 });
    },
  };
}

const ask = (http: HttpFetcher, url: string): ReturnType<HttpFetcher["get"]> => http.get({ url, timeoutMs: 1, maxBytes: 1 });

it("lets the listed paths through with any query", async () => {
  const http = spy();
  expect((await ask(allowOnlyPaths(http, ["/stats"]), "http://h:1/stats?filter=a")).ok).toBe(true);
  expect(http.urls).toEqual(["http://h:1/stats?filter=a"]);
});

it.each([
  "/quitquitquit",
  "/stats/../quitquitquit",
  "/stats/%2e%2e/reset_counters",
  "/stats/",
  "/STATS",
  "//stats",
  "/logging?level=debug",
])("refuses %s before a byte is sent", async (path) => {
  const http = spy();
  const answer = await ask(allowOnlyPaths(http, ["/stats"]), `http://h:1${path}`);
  expect(answer).toMatchObject({
    ok: false,
    error: { code: "FORBIDDEN", message: expect.stringMatching(/^Weft never asks for \/.* here\.$/) },
  });
  expect(http.urls).toEqual([]);
});

it("sends no form: a POST may change what a GET reads", async () => {
  const http = spy();
  const answer = await allowOnlyPaths(http, ["/stats"]).get({ url: "http://h:1/stats", timeoutMs: 1, maxBytes: 1, form: { a: "b" } });
  expect(answer).toMatchObject({ ok: false, error: { code: "FORBIDDEN" } });
  expect(http.urls).toEqual([]);
});
