import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import { parseConfigFile } from "#server/config/config-file.ts";
import { parseOptions } from "#server/config/options.ts";
import { startWeft, type Weft } from "#server/weft.ts";

import { sleep, until } from "./demo-mesh.ts";

const Answer = z.object({ data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }) });

export interface StoreConsole {
  /** Where its data and its configuration go. */
  folder: string;
  name: string;
  /** Lines of the one source under `metrics`, besides its id and kind. */
  source: readonly string[];
  proxiesDir?: string | undefined;
}

/** A console over one store, as a reader's own file would start it. The source's id is `store`. */
export async function startStoreConsole({ folder, name, source, proxiesDir }: StoreConsole): Promise<Weft> {
  const file = join(folder, `${name}.yaml`);
  const text = ["metrics:", "  - id: store", "    kind: prometheus", ...source.map((line) => `    ${line}`), ""].join("\n");
  await writeFile(file, text);
  const { metricsSources } = parseConfigFile(text, file);
  const closed = { otlpHttp: "off", otlpGrpc: "off", zipkin: "off" };
  const options = parseOptions({ port: 0, dataDir: join(folder, name), metricsSources, proxiesDir, ...closed });
  return startWeft({ ...options, uiDir: "out" });
}

/** The first value of an answer, 0 where there is none. */
export async function answerOf(url: string, query: string, atMs: number): Promise<number> {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query, time: String(atMs / 1_000) })}`);
  return Number(Answer.parse(await response.json()).data.result[0]?.value[1] ?? 0);
}

/**
 * An instant at which all of these stores hold the last four scrapes of every target: a counter has then been seen standing still. It is
 * whole scrapes after another: a store that extrapolates tells of traffic that began and ended within a window by the time that its samples
 * span, which is the window's length only then.
 */
export async function settledMs(stores: readonly { url: string; targets: number }[], intervalMs: number, afterMs: number): Promise<number> {
  const seconds = (4 * intervalMs) / 1_000;
  await sleep(4 * intervalMs);
  return until(
    "four scrapes in a row of every target",
    async () => {
      const atMs = afterMs + Math.floor((Date.now() - 2_000 - afterMs) / intervalMs) * intervalMs;
      const whole = await Promise.all(
        stores.map(async ({ url, targets }) => (await answerOf(url, `count(count_over_time(up[${seconds}s])>=4)`, atMs)) === targets),
      );
      return whole.every(Boolean) ? atMs : null;
    },
    120_000,
    1_000,
  );
}
