import { useSyncExternalStore } from "react";

const TICK_MS = 1_000;

let now = 0;
let timer: ReturnType<typeof setInterval> | null = null;
const watchers = new Set<() => void>();

function subscribe(watcher: () => void): () => void {
  if (timer === null) {
    now = Date.now();
    timer = setInterval(() => {
      now = Date.now();
      for (const each of watchers) each();
    }, TICK_MS);
  }
  watchers.add(watcher);
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

function read(): number {
  if (now === 0) now = Date.now();
  return now;
}

/** The browser's clock, the same for every reader and once a second. 0 while the page is being built. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, read, () => 0);
}
