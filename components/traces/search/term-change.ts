import { parseSearchTerms, printSearchTerms } from "#lib/traces/search-terms.ts";
import type { SearchTerm } from "#lib/model/trace.ts";

function isSame(a: SearchTerm, b: SearchTerm): boolean {
  return a.key === b.key && a.value === b.value && a.isNegated === b.isNegated;
}

/** A search with the term added, or without it where it was there. A text that cannot be read gives way to the term. */
export function toggleTerm(q: string, term: SearchTerm): string {
  const parsed = parseSearchTerms(q);
  const terms = parsed.ok ? parsed.value : [];
  const rest = terms.filter((one) => !isSame(one, term));
  return printSearchTerms(rest.length < terms.length ? rest : [...terms, term]);
}
