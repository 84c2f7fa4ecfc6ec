import { createHttpFetcher } from "#collectors/shared/http-fetcher.ts";
import type { Result } from "#lib/model/errors.ts";
import { createFakeTime, type FakeTime } from "#lib/testing/fake-time.ts";

import type { PrometheusStoreOptions } from "../options.ts";
import { createPrometheusSource, type PrometheusSource } from "../source.ts";
import { createPrometheusStore, type PrometheusStore } from "../store.ts";
import { callsDialect } from "./calls-dialect.ts";

/** How long `vi.waitFor` gives a real server: its own second is over when the machine stalls. */
export const PATIENCE = { timeout: 20_000 };

export interface Rig {
  time: FakeTime;
  store: PrometheusStore;
  source: PrometheusSource;
  close(): Promise<void>;
}

/** A source over real connections whose time stands still until a test moves it. */
export function createRig(
  url: string,
  options: Partial<PrometheusStoreOptions> = {},
  nowMs?: number,
  readText: (path: string) => Promise<string> = async () => "secret",
): Rig {
  const time = createFakeTime(nowMs);
  const { clock, scheduler } = time;
  const http = createHttpFetcher({ clock, scheduler });
  const store = createPrometheusStore({ id: "metrics", url, ...options }, { http, clock, scheduler, readText });
  const source = createPrometheusSource({ id: "metrics", dialect: callsDialect, store }, { clock, scheduler });
  return { time, store, source, close: () => http.close() };
}

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw result.error;
  return result.value;
}
