import { monitorEventLoopDelay } from "node:perf_hooks";

import { collectDefaultMetrics, Gauge, type Registry } from "prom-client";

const RESOLUTION_MS = 10;
const NANOSECONDS = 1e9;

/**
 * The runtime's usual figures, except that the lag of the event loop is left out where nothing was measured since the last
 * look: the library's own gauges say `Nan`, 0 or the largest number then.
 */
export function addRuntimeMetrics(registry: Registry): { close(): void } {
  collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray()) if (name.startsWith("nodejs_eventloop_lag_")) registry.removeSingleMetric(name);
  const lag = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  lag.enable();
  const gauge = (part: string, of: string, collect?: () => void): Gauge =>
    new Gauge({
      name: `nodejs_eventloop_lag_${part}_seconds`,
      help: `${of} delay of the event loop since the last look`,
      registers: [registry],
      ...(collect === undefined ? {} : { collect }),
    });
  // The gauge that is read first looks for all of them, so that they tell of the same time.
  const look = (): void => {
    for (const [figure, read] of figures) {
      if (lag.count === 0) figure.remove();
      else figure.set(read() / NANOSECONDS);
    }
    lag.reset();
  };
  const figures: [Gauge, () => number][] = [
    [gauge("mean", "Mean", look), () => lag.mean],
    [gauge("p50", "Median"), () => lag.percentile(50)],
    [gauge("p99", "99th percentile of the"), () => lag.percentile(99)],
    [gauge("max", "Longest"), () => lag.max],
  ];
  return { close: () => void lag.disable() };
}
