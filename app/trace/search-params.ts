import { createParser, parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";

import { LEAST_NAMES, MOST_NAMES, USUAL_NAMES } from "#components/traces/waterfall/name-width-handle.tsx";
import { parseRange, printRange, type TimeRange } from "#components/traces/waterfall/zoom.ts";

export const VIEWS = ["waterfall", "table", "compare"] as const;

const parseAsRange = createParser<TimeRange>({
  parse: parseRange,
  serialize: printRange,
  eq: (a, b) => a.fromMs === b.fromMs && a.toMs === b.toMs,
});

const parseAsNames = createParser<number>({
  parse: (text) => {
    const percent = parseAsInteger.parse(text);
    return percent === null || percent < LEAST_NAMES || percent > MOST_NAMES ? null : percent;
  },
  serialize: String,
});

/** What is chosen leaves a step in the history; how it is looked at does not. */
const PUSHED = { history: "push" } as const;
const REPLACED = { history: "replace" } as const;

const parsers = {
  id: parseAsString.withDefault(""),
  source: parseAsString,
  /** Trace to compare with. */
  with: parseAsString.withDefault("").withOptions(PUSHED),
  view: parseAsStringLiteral(VIEWS).withDefault("waterfall").withOptions(PUSHED),
  /** Key of the span whose details are open. */
  span: parseAsString.withOptions(REPLACED),
  find: parseAsString.withDefault("").withOptions(REPLACED),
  /** Stretch of time in sight; `null` = the whole trace. */
  zoom: parseAsRange.withOptions(REPLACED),
  /** `told` = clocks as they were told, however wrong. */
  clock: parseAsStringLiteral(["told"]).withOptions(REPLACED),
  names: parseAsNames.withDefault(USUAL_NAMES).withOptions(REPLACED),
};

/** Everything that the page shows, as it stands in the address. */
export function useTraceParams() {
  const [params, setParams] = useQueryStates(parsers);
  return { ...params, setParams };
}
