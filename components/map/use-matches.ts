import { useCallback, useSyncExternalStore } from "react";

/** Below this width the inspector lies over the map instead of beside it. Same as `--breakpoint-desk`. */
export const BELOW_DESK = "(max-width: 1179.98px)";

/** Whether a media query holds now. */
export function useMatches(query: string): boolean {
  const subscribe = useCallback(
    (watcher: () => void) => {
      const media = window.matchMedia(query);
      media.addEventListener("change", watcher);
      return () => media.removeEventListener("change", watcher);
    },
    [query],
  );
  return useSyncExternalStore(
    subscribe,
    () => window.matchMedia(query).matches,
    () => false,
  );
}
