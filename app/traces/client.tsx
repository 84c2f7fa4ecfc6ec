"use client";

import { TraceSearchPage } from "#components/traces/search/trace-search-page.tsx";

export function TracesClient() {
  return <TraceSearchPage />;
}
