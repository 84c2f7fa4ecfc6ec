import { useSyncExternalStore } from "react";

const COARSE = "(pointer: coarse)";
const FALLBACK_PX = 36;

function subscribe(watcher: () => void): () => void {
  const query = window.matchMedia(COARSE);
  query.addEventListener("change", watcher);
  return () => query.removeEventListener("change", watcher);
}

/** Height of a table row in px, as the density and the pointer set it. The border is part of it: tables collapse borders. */
export function useRowHeight(): number {
  return useSyncExternalStore(
    subscribe,
    () => Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row-h")) || FALLBACK_PX,
    () => FALLBACK_PX,
  );
}
