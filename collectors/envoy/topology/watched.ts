import type { KnownProxy } from "../identity/known-proxy.ts";
import type { Observation } from "../polling/proxy-watch.ts";

/** One proxy with everything known about it. */
export interface Watched {
  known: KnownProxy;
  observation: Observation;
}
