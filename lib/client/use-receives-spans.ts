import { useQuery } from "@tanstack/react-query";

import { SPANS_ID, type SourceStatus } from "#lib/model/source.ts";

import { sourcesQuery } from "./query-options.ts";

/** Whether Weft keeps spans that were sent to it, which single requests and operations are read from. `null` = the sources are not known yet. */
export function receivesSpans(sources: readonly SourceStatus[] | undefined): boolean | null {
  return sources === undefined ? null : sources.some(({ id }) => id === SPANS_ID);
}

/** The same of this console. Where its sources cannot be read it counts as `true`: what is asked then answers for itself. */
export function useReceivesSpans(): boolean | null {
  const { data, isError } = useQuery(sourcesQuery());
  return receivesSpans(data?.value.items) ?? (isError ? true : null);
}
