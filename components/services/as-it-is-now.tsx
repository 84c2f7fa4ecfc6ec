"use client";

import { useAt } from "#lib/client/search-params.ts";

/** Beside the title of a panel whose facts nobody keeps: says so while the rest of the page is of the past. */
export function AsItIsNow() {
  return useAt() === null ? null : <span className="text-12 text-text-2">as it is now</span>;
}
