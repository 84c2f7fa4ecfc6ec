import { parseSearchTerms, printSearchTerms } from "#lib/traces/search-terms.ts";
import type { SearchTerm } from "#lib/model/trace.ts";

function isSame(a: SearchTerm, b: SearchTerm): boolean {
  return a.key === b.key && a.value === b.value && a.isNegated === b.isNegated;
}

/** Whether a search holds this very term. */
export function hasTerm(q: string, term: SearchTerm): boolean {
  const parsed = parseSearchTerms(q);
  return parsed.ok && parsed.value.some((one) => isSame(one, term));
}

/** A search with the term added, or without it where it was there. A text that cannot be read gives way to the term. */
export function toggleTerm(q: string, term: SearchTerm): string {
  const parsed = parseSearchTerms(q);
  const terms = parsed.ok ? parsed.value : [];
  const rest = terms.filter((one) => !isSame(one, term));
  return printSearchTerms(rest.length < terms.length ? rest : [...terms, term]);
}
