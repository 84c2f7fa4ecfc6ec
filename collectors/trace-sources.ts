import { readFile } from "node:fs/promises";

import { WeftError } from "#lib/model/errors.ts";
import type { HttpFetcher } from "#lib/ports/http-fetcher.ts";
import type { Clock, Scheduler } from "#lib/ports/time.ts";
import type { TraceSource } from "#lib/ports/traces.ts";

import { createJaegerSource } from "./jaeger/source.ts";
import type { HttpIdentity } from "./shared/http-auth.ts";
import { createHttpFetcher } from "./shared/http-fetcher.ts";
import { createZipkinSource } from "./zipkin/source.ts";

/** One place outside that keeps traces. */
export interface TraceReaderOptions extends HttpIdentity {
  /** Unique among all sources. */
  id: string;
  kind: "jaeger" | "zipkin";
  url: string;
  externalUrl?: string | undefined;
  timeoutMs: number;
  /** File with certificates in PEM that are trusted for this source alone, in place of the system's. */
  caFile?: string | undefined;
}

interface Parts {
  clock: Clock;
  scheduler: Scheduler;
  /** For sources that need no certificates of their own. */
  http: HttpFetcher;
  /** Stands around the others; left out = nothing does. */
  wrapHttp?: ((http: HttpFetcher) => HttpFetcher) | undefined;
}

const CREATE = { jaeger: createJaegerSource, zipkin: createZipkinSource } as const;

/** Readers of traces in the given order. Nothing is contacted. Throws INVALID for a `caFile` that cannot be used. */
export async function createTraceSources(
  all: readonly TraceReaderOptions[],
  { clock, scheduler, http, wrapHttp = (http) => http }: Parts,
): Promise<{ sources: TraceSource[]; close: () => Promise<void> }> {
  const authorities = await Promise.all(all.map(readAuthority));
  const own: { close(): Promise<void> }[] = [];
  const sources = all.map((options, index) => {
    const ca = authorities[index] ?? null;
    let fetcher = http;
    if (ca !== null) {
      const trusting = createHttpFetcher({ clock, scheduler, ca });
      own.push(trusting);
      fetcher = wrapHttp(trusting);
    }
    return CREATE[options.kind](options, { http: fetcher, clock, readText });
  });
  return {
    sources,
    async close() {
      await Promise.all(own.map((fetcher) => fetcher.close()));
    },
  };
}

function readText(path: string): Promise<string> {
  return readFile(path, "utf8");
}

async function readAuthority({ id, caFile }: TraceReaderOptions): Promise<string | null> {
  if (caFile === undefined) return null;
  const refuse = (reason: string, cause?: unknown): WeftError =>
    new WeftError("INVALID", `The certificates of ${id} in ${caFile} ${reason}`, {
      field: "ca",
      mend: "Name a file in PEM that Weft may read",
      cause,
    });
  const text = await readText(caFile).catch((cause: unknown) => {
    throw refuse("cannot be read", cause);
  });
  if (!text.includes("-----BEGIN CERTIFICATE-----")) throw refuse("are none");
  return text;
}
