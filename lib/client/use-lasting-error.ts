import { useState } from "react";

/**
 * The error of a read that has nothing to show, kept while the read is tried again: a panel then stays with its reason
 * instead of blinking between that and a skeleton. `null` as soon as there is an answer, old or new.
 */
export function useLastingError(query: { data: unknown; error: unknown }): unknown {
  const [last, setLast] = useState<unknown>(null);
  const hasData = query.data !== undefined;
  const next = hasData ? null : (query.error ?? last);
  if (next !== last) setLast(next);
  return next;
}
