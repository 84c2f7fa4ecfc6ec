import { createParser, parseAsArrayOf, parseAsBoolean, parseAsString, useQueryState, useQueryStates } from "nuqs";

import { WindowParam } from "#lib/contract/requests.ts";

import { parseAt } from "./moment.ts";

export const DEFAULT_WINDOW = "60s";

/** A window as the API spells it; anything the API would refuse counts as absent. */
export const parseAsWindow = createParser<string>({
  parse: (text) => (WindowParam.safeParse(text).success ? text : null),
  serialize: (text) => text,
});

/** Length of a window text in milliseconds. */
export function windowMs(text: string): number {
  const parsed = WindowParam.safeParse(text);
  return parsed.success ? parsed.data : 60_000;
}

/** A window in words: `1 min`, `15 min`, `45 s`. */
export function windowWords(text: string): string {
  const seconds = windowMs(text) / 1_000;
  if (seconds % 3_600 === 0) return `${seconds / 3_600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

/** End of the window; absent = now. What is no instant counts as absent, and so does one that has not come yet. */
export const parseAsAt = createParser<string>({
  parse: (text) => parseAt(text, Date.now()),
  serialize: (at) => at,
});

/** What travels from page to page: the window, its end and the namespaces. */
export const viewParsers = {
  window: parseAsWindow.withDefault(DEFAULT_WINDOW),
  at: parseAsAt,
  namespaces: parseAsArrayOf(parseAsString).withDefault([]),
};

/** The top bar's choice, and how to change it. Needs a Suspense boundary above, as everything that reads the address. */
export function useView() {
  const [view, setView] = useQueryStates(viewParsers, { history: "push" });
  return { ...view, setView };
}

/** The end of the window that is looked at, as the address spells it; `null` = now. */
export function useAt(): string | null {
  return useQueryState("at", parseAsAt)[0];
}

/** Text in the find box; filters tables, lifts matches on the map. */
export function useFind() {
  return useQueryState("find", parseAsString.withDefault("").withOptions({ history: "replace" }));
}

/** Id of the selected node or edge. One selection across map, inspector, timeline and tables. */
export function useSelection() {
  return useQueryState("sel", parseAsString.withOptions({ history: "push" }));
}

/** Id of a trace whose way over the map is lit; `null` = none. */
export function useTraceParam() {
  return useQueryState("trace", parseAsString.withOptions({ history: "push" }));
}

/** Whether the map shows its table twin. */
export function useTableMode() {
  return useQueryState("table", parseAsBoolean.withDefault(false).withOptions({ history: "push" }));
}

export function useMode() {
  return useQueryState("mode", parseAsString.withOptions({ history: "replace" }));
}

/** The `id` of a page about one thing; empty when the address lacks it. */
export function useIdParam(): string {
  return useQueryState("id", parseAsString.withDefault(""))[0];
}

const CARRIED = ["window", "at", "namespaces"] as const;

/** An address inside the console, with the view carried along from the current one. */
export function hrefWithView(
  path: string,
  own: Readonly<Record<string, string | null | undefined>>,
  current: Pick<URLSearchParams, "get"> | null,
): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(own)) if (typeof value === "string" && value !== "") search.set(key, value);
  for (const key of CARRIED) {
    const value = current?.get(key) ?? null;
    if (value !== null && !search.has(key)) search.set(key, value);
  }
  const query = search.toString();
  return query === "" ? path : `${path}?${query}`;
}
