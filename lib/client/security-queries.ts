import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { SecurityReport, WhatIf, type WhatIfScope } from "#lib/model/security.ts";

import { apiUrl, readApi, type ApiParams } from "./api-client.ts";
import type { View } from "./query-options.ts";

const REFRESH_MS = 5_000;

/** Tables of the report that can be had as a file. */
export type SecurityExportTable = "edges" | "workloads" | "certificates" | "events" | "refusals" | "authorization";

function viewParams({ window, namespaces }: View): ApiParams {
  return { window, namespaces: namespaces.toSorted() };
}

/** Who talks to whom, how, and with which right. While another window is read, the rows of the one before stay. */
export function securityQuery(view: View) {
  const params = viewParams(view);
  return queryOptions({
    queryKey: ["security", apiUrl("", params)],
    queryFn: ({ signal }) => readApi("/api/security", params, SecurityReport, signal),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}

/** A scope as the API spells it: `mesh`, `namespace:<name>`, `workload:<node id>`. */
export function printScope({ kind, id }: WhatIfScope): string {
  return kind === "mesh" || id === null ? "mesh" : `${kind}:${id}`;
}

/**
 * Who would be refused if plaintext were. The answer about another scope is never shown meanwhile: it would stand under
 * the wrong name.
 */
export function whatIfQuery(scope: WhatIfScope) {
  const params = { scope: printScope(scope) };
  return queryOptions({
    queryKey: ["security-what-if", params.scope],
    queryFn: ({ signal }) => readApi("/api/security/what-if", params, WhatIf, signal),
    refetchInterval: REFRESH_MS,
  });
}

/** Where the answer about a scope can be fetched as it is. */
export function whatIfUrl(scope: WhatIfScope): string {
  return apiUrl("/api/security/what-if", { scope: printScope(scope) });
}

/** Where one table of the report can be fetched as a file: all its rows of this window and these namespaces. */
export function securityExportUrl(view: View, table: SecurityExportTable, format: "csv" | "json"): string {
  return apiUrl("/api/security/export", { ...viewParams(view), table, format });
}
