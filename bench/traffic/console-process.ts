import { join } from "node:path";

import { parseOptions } from "#server/config/options.ts";
import { startWeft } from "#server/weft.ts";

/** From the console's process. `usage` is its answer to the order of the same name: resident bytes. */
export type ConsoleMessage = { type: "ready"; url: string; spansUrl: string } | { type: "usage"; rss: number };

export type ConsoleOrder = "usage" | "stop";

/** Run as a process of its own: a console without proxies and without pages, whose only senders are those of the benchmark. */
const [, , dataDir = ""] = process.argv;
const tell = (message: ConsoleMessage): void => void process.send?.(message);
const weft = await startWeft({
  ...parseOptions({ port: 0, dataDir, otlpHttp: 0, otlpGrpc: "off", zipkin: "off", keepSpansMib: 65_536, logLevel: "silent" }),
  uiDir: join(dataDir, "no-pages"),
});
process.on("message", (order: ConsoleOrder) => {
  if (order === "usage") tell({ type: "usage", rss: process.memoryUsage.rss() });
  else void weft.stop().then(() => process.disconnect());
});
tell({ type: "ready", url: weft.url, spansUrl: weft.spanAddresses.http ?? "" });
