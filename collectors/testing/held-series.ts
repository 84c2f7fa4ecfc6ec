import { ok, type Result } from "#lib/model/errors.ts";
import type { HttpAnswer, HttpFetcher } from "#lib/ports/http-fetcher.ts";

/** Labels of one series, its name under `__name__`. */
type Series = Readonly<Record<string, string>>;

interface Held {
  series: readonly Series[];
  /** From when on it holds samples, epoch milliseconds; left out = from the beginning of time. */
  sinceMs?: number;
  /** Answers to other paths, such as `/api/v1/status/runtimeinfo`; what is not among them is not found. */
  data?: Readonly<Record<string, unknown>>;
}

const QUESTION = /^(count|group|max)(?: by \(([^)]*)\) )?\((?:\w+\()?([a-z_:]+)(?:\{(.*)\})?(?:\[\w+\])?\)+$/;
const MATCHER = /(\w+)(=~|!~|!=|=)"((?:[^"\\]|\\.)*)"/g;

/**
 * A Prometheus that holds these series, each with a sample at every instant, and takes the small questions of the doctor: aggregates over
 * one selector. To others it answers that there is nothing.
 */
export function heldSeries({ series, sinceMs = 0, data = {} }: Held): HttpFetcher & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async get({ url, form = {} }) {
      const { pathname } = new URL(url);
      const { query = "", time = "0", start = time, end = time, step = "1" } = form;
      if (!pathname.startsWith("/api/v1/query"))
        return data[pathname] === undefined ? answer({}, 404) : answer({ status: "success", data: data[pathname] });
      asked.push(query);
      const isRange = pathname.endsWith("query_range");
      const instants: number[] = [];
      for (let at = Number(start); at <= Number(end); at += Number(step)) if (at * 1_000 >= sinceMs) instants.push(at);
      const result = resultOf(query, series).flatMap(({ metric, value }) => {
        const points = instants.map((at) => [at, value ?? String(at)]);
        return points.length === 0 ? [] : [isRange ? { metric, values: points } : { metric, value: points[0] }];
      });
      return answer({ status: "success", data: { resultType: isRange || query.endsWith("]") ? "matrix" : "vector", result } });
    },
  };
}

function answer(body: unknown, status = 200): Result<HttpAnswer> {
  return ok({ status, mediaType: "application/json", text: JSON.stringify(body), elapsedMs: 1 });
}

/** `value` is `null` where it is the instant itself. */
function resultOf(query: string, series: readonly Series[]): { metric: Series; value: string | null }[] {
  if (query === "vector(time())") return [{ metric: {}, value: null }];
  const [, aggregate, by = "", name = "", matchers = ""] = QUESTION.exec(query) ?? [];
  if (aggregate === undefined) return [];
  const labels = by.split(", ").filter((label) => label !== "");
  const found = series.filter((one) => one["__name__"] === name && matches(one, matchers));
  const groups = Map.groupBy(found, (one) => JSON.stringify(labels.map((label) => one[label] ?? "")));
  return [...groups.values()].map((same) => ({
    metric: Object.fromEntries(labels.flatMap((label) => (same[0]?.[label] === undefined ? [] : [[label, same[0][label]]]))),
    value: aggregate === "count" ? String(same.length) : aggregate === "group" ? "1" : null,
  }));
}

function matches(series: Series, matchers: string): boolean {
  return [...matchers.matchAll(MATCHER)].every(([, label = "", op = "", value = ""]) => {
    const isEqual = op.includes("~") ? new RegExp(`^(?:${value})$`).test(series[label] ?? "") : (series[label] ?? "") === value;
    return op.startsWith("!") ? !isEqual : isEqual;
  });
}
