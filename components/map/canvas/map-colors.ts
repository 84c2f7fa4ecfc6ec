/** Colours of the canvas, read from the tokens: a canvas cannot take CSS variables. */
export interface MapColors {
  hull: string;
  hullLine: string;
  healthy: string;
  healthyFocus: string;
  degraded: string;
  failing: string;
  unknown: string;
  info: string;
}

const TOKENS: Readonly<Record<keyof MapColors, string>> = {
  hull: "--hull",
  hullLine: "--hull-line",
  healthy: "--edge-ok",
  healthyFocus: "--edge-ok-focus",
  degraded: "--edge-warn",
  failing: "--edge-fail",
  unknown: "--edge-unk",
  info: "--info",
};

export function readMapColors(): MapColors {
  const style = getComputedStyle(document.documentElement);
  const read = (key: keyof MapColors): string => style.getPropertyValue(TOKENS[key]).trim();
  return {
    hull: read("hull"),
    hullLine: read("hullLine"),
    healthy: read("healthy"),
    healthyFocus: read("healthyFocus"),
    degraded: read("degraded"),
    failing: read("failing"),
    unknown: read("unknown"),
    info: read("info"),
  };
}

/** Calls back when the theme or the contrast changes, by the reader's choice or the system's. */
export function watchMapColors(watcher: () => void): () => void {
  const observer = new MutationObserver(watcher);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "class"] });
  const queries = ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"].map((query) => window.matchMedia(query));
  for (const query of queries) query.addEventListener("change", watcher);
  return () => {
    observer.disconnect();
    for (const query of queries) query.removeEventListener("change", watcher);
  };
}
