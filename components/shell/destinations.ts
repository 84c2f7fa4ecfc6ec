import type { IconName } from "#components/ui/icon.tsx";

export interface Destination {
  path: string;
  word: string;
  icon: IconName;
  /** Second letter of the shortcut that starts with g. */
  key: string;
  /** Pages about one thing that hang under this one. */
  children: readonly string[];
  /** What its pages show of time: the window that the top bar chose, or how things are now whatever it chose. */
  time: "window" | "now";
}

/** The rail, in order. */
export const DESTINATIONS: readonly Destination[] = [
  { path: "/", word: "Map", icon: "map", key: "m", children: [], time: "window" },
  { path: "/services", word: "Services", icon: "services", key: "s", children: ["/service"], time: "window" },
  { path: "/routes", word: "Routes", icon: "routes", key: "r", children: ["/route"], time: "now" },
  { path: "/traces", word: "Traces", icon: "traces", key: "t", children: ["/trace"], time: "window" },
  { path: "/security", word: "Security", icon: "security", key: "e", children: [], time: "now" },
  { path: "/proxies", word: "Proxies", icon: "proxies", key: "p", children: ["/proxy"], time: "now" },
  { path: "/changes", word: "Changes", icon: "changes", key: "c", children: ["/change"], time: "now" },
  { path: "/sources", word: "Sources", icon: "sources", key: "o", children: [], time: "now" },
];

/** Whether a page belongs under a place in the rail. */
export function isUnder(destination: Destination, pathname: string): boolean {
  return destination.path === pathname || destination.children.includes(pathname);
}

/** Whether a page shows how things are now, also while the reader looks at the past. */
export function showsNow(pathname: string): boolean {
  return DESTINATIONS.find((destination) => isUnder(destination, pathname))?.time === "now";
}
