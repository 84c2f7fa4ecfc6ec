import { useSyncExternalStore } from "react";

/** Below this width the rail is a bar at the bottom and the root page is the phone's summary. Same as `--breakpoint-tablet`. */
const NARROW = "(max-width: 759.98px)";

function subscribe(watcher: () => void): () => void {
  const query = window.matchMedia(NARROW);
  query.addEventListener("change", watcher);
  return () => query.removeEventListener("change", watcher);
}

/** Whether the page is phone-wide; `null` while it is being built, when nobody knows. */
export function useIsNarrow(): boolean | null {
  return useSyncExternalStore<boolean | null>(
    subscribe,
    () => window.matchMedia(NARROW).matches,
    () => null,
  );
}
