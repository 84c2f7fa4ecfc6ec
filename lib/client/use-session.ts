import { useQuery } from "@tanstack/react-query";

import { liveWriteRefusal } from "./live-state.ts";
import { useLiveState } from "./live-provider.tsx";
import { atMsOf } from "./moment.ts";
import { sessionQuery } from "./query-options.ts";
import { useAt } from "./search-params.ts";
import { useNow } from "./use-now.ts";

/** Why nothing can be written from this page now, as a sentence; `null` when writing is open. */
export function useWriteRefusal(): string | null {
  const session = useQuery(sessionQuery());
  const live = useLiveState();
  const atMs = atMsOf(useAt());
  const refusal = liveWriteRefusal(live, useNow(), atMs);
  if (refusal !== null) return refusal;
  if (session.data?.readOnly === true) return "This Weft is read-only: it was started so that nobody can change the mesh from here.";
  if (session.isError) return "Weft did not say who you are, so nothing can be changed. Reload the page.";
  return null;
}
