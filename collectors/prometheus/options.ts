import type { HttpIdentity } from "#collectors/shared/http-auth.ts";
import type { QueryScope } from "#collectors/shared/promql/render.ts";

/** One place that answers Prometheus' HTTP interface. */
export interface PrometheusStoreOptions extends HttpIdentity {
  /** Names it in sentences; unique among all sources. */
  id: string;
  /** Base URL with its path, as far as `/api/v1`: `http://mimir:8080/prometheus`. */
  url: string;
  /** For one answer, and again for waiting until it is this question's turn. Default 10 s. */
  timeoutMs?: number | undefined;
  /** Questions under way at once. Default 4. */
  concurrency?: number | undefined;
  /** Sent with every question: what Thanos calls `dedup` and `partial_response`, and the like. */
  parameters?: Readonly<Record<string, string>> | undefined;
  /** Put into every selector: the part of a shared store that this mesh is. */
  queryScope?: QueryScope | undefined;
  /** Base URL of its pages as the reader's browser reaches them; left out = answers have no link. */
  externalUrl?: string | undefined;
  /** An answer is cut after so many series. Default 200,000. */
  maxSeries?: number | undefined;
  /** An answer is cut after so many bytes. Default 64 MiB. */
  maxBytes?: number | undefined;
}

export const DEFAULTS = {
  timeoutMs: 10_000,
  concurrency: 4,
  maxSeries: 200_000,
  maxBytes: 64 * 1024 * 1024,
} as const;

/** Questions that may wait for their turn. A map asks about fifteen for each kind of telemetry, and equal ones are one. */
export const QUEUE_LIMIT = 256;
