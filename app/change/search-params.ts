import { parseAsString, useQueryStates } from "nuqs";

const parsers = { plan: parseAsString.withDefault(""), id: parseAsString.withDefault("") };

/** Either a plan that waits for its review, or a change by its number. */
export function useChangeParams(): { plan: string; id: string } {
  return useQueryStates(parsers)[0];
}
