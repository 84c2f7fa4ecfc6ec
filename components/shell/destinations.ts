import type { IconName } from "#components/ui/icon.tsx";

export interface Destination {
  path: string;
  word: string;
  icon: IconName;
  /** Second letter of the shortcut that starts with g. */
  key: string;
  /** Pages about one thing that hang under this one. */
  children: readonly string[];
}

/** The rail, in order. */
export const DESTINATIONS: readonly Destination[] = [
  { path: "/", word: "Map", icon: "map", key: "m", children: [] },
  { path: "/services", word: "Services", icon: "services", key: "s", children: ["/service"] },
  { path: "/routes", word: "Routes", icon: "routes", key: "r", children: ["/route"] },
  { path: "/traces", word: "Traces", icon: "traces", key: "t", children: ["/trace"] },
  { path: "/security", word: "Security", icon: "security", key: "e", children: [] },
  { path: "/proxies", word: "Proxies", icon: "proxies", key: "p", children: ["/proxy"] },
  { path: "/changes", word: "Changes", icon: "changes", key: "c", children: ["/change"] },
  { path: "/sources", word: "Sources", icon: "sources", key: "o", children: [] },
];

/** Whether a page belongs under a place in the rail. */
export function isUnder(destination: Destination, pathname: string): boolean {
  return destination.path === pathname || destination.children.includes(pathname);
}
