import { useSyncExternalStore } from "react";
import { z } from "zod";

const STORAGE_KEY = "weft.preferences";

/** What a reader chose for this browser. What is about the mesh lives in the address instead. */
const Preferences = z.object({
  theme: z.enum(["system", "light", "dark"]).catch("system"),
  density: z.enum(["comfortable", "compact"]).catch("comfortable"),
  /** Whether single letters are shortcuts. */
  singleKeys: z.boolean().catch(true),
  /** Where the reader pinned nodes of the map, by node id. */
  pins: z.record(z.string(), z.object({ x: z.number(), y: z.number() })).catch({}),
  /** Columns of the table of traces that were put away, by column id; absent = none. */
  hiddenTraceColumns: z.array(z.string()).optional().catch(undefined),
});
export type Preferences = z.infer<typeof Preferences>;

const DEFAULTS: Preferences = { theme: "system", density: "comfortable", singleKeys: true, pins: {} };

/** Reads stored text; whatever is missing or odd becomes its default. */
export function parsePreferences(text: string | null): Preferences {
  if (text === null) return DEFAULTS;
  try {
    const parsed = Preferences.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : DEFAULTS;
  } catch {
    return DEFAULTS;
  }
}

let current: Preferences | null = null;
const watchers = new Set<() => void>();

function read(): Preferences {
  if (current !== null) return current;
  try {
    current = parsePreferences(window.localStorage.getItem(STORAGE_KEY));
  } catch {
    current = DEFAULTS;
  }
  return current;
}

function subscribe(watcher: () => void): () => void {
  const onStorage = (event: StorageEvent) => {
    if (event.key !== STORAGE_KEY) return;
    current = null;
    watcher();
  };
  watchers.add(watcher);
  window.addEventListener("storage", onStorage);
  return () => {
    watchers.delete(watcher);
    window.removeEventListener("storage", onStorage);
  };
}

/** boot.js sets the same attributes before the first paint. */
function showOnPage(preferences: Preferences): void {
  const root = document.documentElement;
  if (preferences.theme === "system") delete root.dataset.theme;
  else root.dataset.theme = preferences.theme;
  if (preferences.density === "compact") root.dataset.density = "compact";
  else delete root.dataset.density;
}

/** Keeps a choice; in a browser without storage it holds until the page is left. */
export function setPreferences(change: Partial<Preferences>): void {
  current = { ...read(), ...change };
  try {
    window.localStorage.setItem(STORAGE_KEY, JSON.stringify(current));
  } catch {
    // Storage is closed or full: the choice holds for this page.
  }
  showOnPage(current);
  for (const watcher of watchers) watcher();
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, read, () => DEFAULTS);
}
