import { join } from "node:path";

import { parseOptions } from "#server/config/options.ts";
import { startWeft } from "#server/weft.ts";

/** From the console's process. `usage` is its answer to the order of the same name: resident bytes, and CPU time with all threads. */
export type ConsoleMessage = { type: "ready"; url: string; spansUrl: string | null } | { type: "usage"; rss: number; cpuMs: number };

export type ConsoleOrder = "usage" | "stop";

/** Run as a process of its own: a console without pages. Its options, with the directory that it writes to, are JSON in the first argument. */
const [, , text = "{}"] = process.argv;
const tell = (message: ConsoleMessage): void => void process.send?.(message);
const options = parseOptions({ port: 0, otlpGrpc: "off", zipkin: "off", logLevel: "silent", ...(JSON.parse(text) as object) });
const weft = await startWeft({ ...options, uiDir: join(options.dataDir, "no-pages") });
process.on("message", (order: ConsoleOrder) => {
  if (order === "usage") {
    const { user, system } = process.cpuUsage();
    tell({ type: "usage", rss: process.memoryUsage.rss(), cpuMs: (user + system) / 1_000 });
  } else void weft.stop().then(() => process.disconnect());
});
tell({ type: "ready", url: weft.url, spansUrl: weft.spanAddresses.http });
