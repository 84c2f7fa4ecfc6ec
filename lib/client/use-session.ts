import { useQuery } from "@tanstack/react-query";

import { liveWriteRefusal } from "./live-state.ts";
import { useLiveState } from "./live-provider.tsx";
import { sessionQuery } from "./query-options.ts";

/** Why nothing can be written from this page now, as a sentence; `null` when writing is open. */
export function useWriteRefusal(): string | null {
  const session = useQuery(sessionQuery());
  const live = useLiveState();
  const refusal = liveWriteRefusal(live);
  if (refusal !== null) return refusal;
  if (session.data?.readOnly === true) return "This Weft is read-only: it was started so that nobody can change the mesh from here.";
  if (session.isError) return "Weft did not say who you are, so nothing can be changed. Reload the page.";
  return null;
}
