import { useQuery } from "@tanstack/react-query";

import { useView } from "#lib/client/search-params.ts";
import { securityQuery } from "#lib/client/security-queries.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { SecurityReport } from "#lib/model/security.ts";

/**
 * The security report of the map's own window and namespaces. An answer about another window is never shown meanwhile:
 * its numbers would not be those of the map.
 */
export function useSecurity(window: string): { report: Sourced<SecurityReport> | undefined; error: Error | null } {
  const { namespaces } = useView();
  const { data, error, isPlaceholderData } = useQuery(securityQuery({ window, namespaces }));
  return { report: isPlaceholderData ? undefined : data, error };
}
