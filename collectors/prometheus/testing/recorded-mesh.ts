/** One edge of the mesh whose samples are written into a store for tests: calls a second by code, and how long they take. */
interface RecordedEdge {
  src: string;
  dst: string;
  perSecond: Readonly<Record<string, number>>;
  /** Every call takes this long, seconds. */
  tookSeconds: number;
}

export const SCRAPE_MS = 15_000;
export const RECORDED_MS = 2 * 3_600_000;
/** Names as nobody should choose them, and somebody did. */
export const ODD_NAMES = ['shop/"quoted"', "shop/{braces}", "shop/back\\slash", "shop/new\nline", `shop/${"x".repeat(10_240)}`];

export const EDGES: readonly RecordedEdge[] = [
  { src: "shop/web", dst: "shop/cart", perSecond: { "200": 9, "500": 1 }, tookSeconds: 0.04 },
  { src: "shop/cart", dst: "shop/db", perSecond: { "200": 20 }, tookSeconds: 0.002 },
  { src: "ops/cron", dst: "shop/db", perSecond: { "200": 2 }, tookSeconds: 0.4 },
  ...ODD_NAMES.map((dst) => ({ src: "shop/web", dst, perSecond: { "200": 1 }, tookSeconds: 0.04 })),
];

const BOUNDS = [0.005, 0.05, 0.5];

interface Line {
  labels: Readonly<Record<string, string>>;
  metric: string;
  valueAt: (elapsedMs: number) => number;
}

/**
 * Samples of two hours that end at `endMs`, every 15 s. Half way every counter begins again at 0, as after a restart.
 * `openmetrics` is what promtool makes blocks from, with seconds; the other is what VictoriaMetrics imports, with milliseconds.
 */
export function recordedText(endMs: number, format: "openmetrics" | "import"): string {
  const steps = RECORDED_MS / SCRAPE_MS;
  const out: string[] = [];
  for (const [metric, lines] of Map.groupBy(EDGES.flatMap(linesOf), (line) => line.metric)) {
    if (format === "openmetrics") out.push(`# TYPE ${metric} unknown`);
    for (const { labels, valueAt } of lines) {
      const name = `${metric}{${Object.entries(labels)
        .map(([label, value]) => `${label}="${escaped(value)}"`)
        .join(",")}}`;
      for (let step = 0; step <= steps; step++) {
        const atMs = endMs - RECORDED_MS + step * SCRAPE_MS;
        const sinceRestart = step >= steps / 2 ? step - steps / 2 : step;
        out.push(`${name} ${valueAt(sinceRestart * SCRAPE_MS)} ${format === "openmetrics" ? atMs / 1_000 : atMs}`);
      }
    }
  }
  return `${out.join("\n")}\n${format === "openmetrics" ? "# EOF\n" : ""}`;
}

function linesOf({ src, dst, perSecond, tookSeconds }: RecordedEdge): Line[] {
  const base = { mesh: "one", instance: "10.0.0.1:15090", src, dst };
  const counters = Object.entries(perSecond).map(([code, rate]): Line => ({
    metric: "calls_total",
    labels: { ...base, code },
    valueAt: (ms) => (rate * ms) / 1_000,
  }));
  const rate = Object.values(perSecond).reduce((sum, one) => sum + one, 0);
  const buckets = [...BOUNDS, Number.POSITIVE_INFINITY].map((bound): Line => ({
    metric: "call_seconds_bucket",
    labels: { ...base, le: Number.isFinite(bound) ? String(bound) : "+Inf" },
    valueAt: (ms) => (tookSeconds <= bound ? (rate * ms) / 1_000 : 0),
  }));
  return [...counters, ...buckets];
}

function escaped(value: string): string {
  return value.replace(/\\/g, "\\\\").replace(/\n/g, "\\n").replace(/"/g, '\\"');
}
