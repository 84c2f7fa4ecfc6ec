import { PrometheusClient, type ClientParts } from "./client.ts";
import type { PrometheusStoreOptions } from "./options.ts";
import { StoreProbe } from "./probe.ts";

/** One store, however many kinds of telemetry are read from it: what is asked of it at once is bounded for all together. */
export interface PrometheusStore {
  readonly client: PrometheusClient;
  readonly probe: StoreProbe;
}

/** Nothing is contacted before the first question. */
export function createPrometheusStore(options: PrometheusStoreOptions, parts: ClientParts): PrometheusStore {
  const client = new PrometheusClient(options, parts);
  return { client, probe: new StoreProbe(client, parts.clock) };
}
