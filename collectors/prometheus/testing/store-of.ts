import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { HttpAnswer, HttpFetcher } from "#lib/ports/http-fetcher.ts";
import { START_MS } from "#lib/testing/builders.ts";
import { createFakeTime } from "#lib/testing/fake-time.ts";

import type { PrometheusStoreOptions } from "../options.ts";
import { createPrometheusSource } from "../source.ts";
import { createPrometheusStore } from "../store.ts";
import { callsDialect } from "./calls-dialect.ts";

interface Question {
  path: string;
  query: string;
  form: Readonly<Record<string, string>>;
}

type Series = { metric: Record<string, string>; value?: [number, string]; values?: [number, string][] };

/**
 * A store as a function of what it is asked. `null` = it is not there; `hangs` = it takes the question, and never answers. Of itself it
 * tells that it scrapes every 15 s, unless it is given another whole answer.
 */
export type StoreOf = (question: Question) => Series[] | Result<HttpAnswer> | "hangs" | null;

export const vector = (metric: Record<string, string>, value: number): Series => ({ metric, value: [START_MS / 1_000, String(value)] });
const edge = (index: number): Series => vector({ src: "a/web", dst: `a/s${index}`, code: "200" }, 10);

/** Counts of so many edges, and a histogram of none. */
export const meshOf =
  (edges: number): StoreOf =>
  ({ query, path, form }) => {
    if (query === "vector(time())") return [vector({}, START_MS / 1_000)];
    if (path.endsWith("query_range")) {
      const [start, end, step] = [Number(form["start"]), Number(form["end"]), Number(form["step"])];
      const times = Array.from({ length: Math.round((end - start) / step) + 1 }, (_, index): [number, string] => [
        start + index * step,
        "10",
      ]);
      return Array.from({ length: edges }, (_, index) => ({ metric: edge(index).metric, values: times }));
    }
    return query.startsWith("sum by") && query.includes("calls_total") ? Array.from({ length: edges }, (_, index) => edge(index)) : [];
  };

function isAnswer(told: ReturnType<StoreOf>): told is Result<HttpAnswer> {
  return typeof told === "object" && told !== null && "ok" in told;
}

/** A source over such a store, in fake time, with all that it was asked. */
export function sourceOver(initial: StoreOf, options: Partial<PrometheusStoreOptions> = {}, dialect = callsDialect) {
  let store = initial;
  const asked: Question[] = [];
  const time = createFakeTime();
  const { clock, scheduler } = time;
  const http: HttpFetcher = {
    async get({ url, form = {}, timeoutMs }) {
      const question = { path: new URL(url).pathname.replace("/base/", "/"), query: form["query"] ?? "", form };
      asked.push(question);
      const isAbout = !question.path.startsWith("/api/v1/query");
      const said = store(question);
      const told = isAbout && !isAnswer(said) ? [] : said;
      if (told === null) return err(new WeftError("SOURCE_UNREACHABLE", "It refused the connection.", { isRetryable: true }));
      if (told === "hangs") {
        await new Promise<void>((resolve) => void scheduler.after(timeoutMs, resolve));
        return err(new WeftError("TIMEOUT", `It did not answer within ${timeoutMs} ms.`, { isRetryable: true }));
      }
      if (isAnswer(told)) return told;
      const resultType = question.path.endsWith("query_range") || told[0]?.values !== undefined ? "matrix" : "vector";
      const text = isAbout
        ? JSON.stringify({ status: "success", data: { activeTargets: [{ scrapeInterval: "15s" }] } })
        : JSON.stringify({ status: "success", data: { resultType, result: told } });
      return ok({ status: 200, mediaType: "application/json", text, elapsedMs: 7 });
    },
  };
  const prometheus = createPrometheusStore(
    { id: "metrics", url: "http://store.test/base", ...options },
    { http, clock, scheduler, readText: async () => "" },
  );
  const source = createPrometheusSource({ id: "mesh", dialect, store: prometheus }, { clock, scheduler });
  const traffic = (minutes = 10) => source.traffic({ fromMs: clock.nowMs() - minutes * 60_000, toMs: clock.nowMs() });
  return { source, time, asked, traffic, prometheus, become: (next: StoreOf) => void (store = next) };
}
