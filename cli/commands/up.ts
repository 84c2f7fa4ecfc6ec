import { parseOptions } from "#server/config/options.ts";
import { WatchedConfig } from "#server/config/watched-config.ts";
import { systemClock, systemScheduler } from "#server/telemetry/system-time.ts";
import { startWeft } from "#server/weft.ts";

import { buildUi, UI_DIR } from "../build/build-ui.ts";
import { parseFlags } from "../parse-flags.ts";
import { untilStopped } from "../until-stopped.ts";

/** `./weft up`: the console over the reader's own proxies, in the foreground. */
export async function up(args: string[]): Promise<number> {
  const { flags } = parseFlags(args, {
    port: "string",
    proxies: "string",
    routes: "string",
    listeners: "string",
    name: "string",
    "data-dir": "string",
    "poll-ms": "string",
    envoy: "string",
    "read-only": "boolean",
    "otlp-http": "string",
    "otlp-grpc": "string",
    zipkin: "string",
    "keep-spans-mib": "string",
    "keep-spans-hours": "string",
    memory: "boolean",
    "telemetry-otlp": "string",
    config: "string",
  });
  const config = flags.config === undefined ? null : await WatchedConfig.open(flags.config);
  const said = config?.options ?? {};
  const options = parseOptions({
    port: flags.port,
    proxiesDir: flags.proxies,
    routesDir: flags.routes,
    listenersDir: flags.listeners,
    meshName: flags.name ?? said.meshName,
    metricsSources: said.metricsSources,
    traceSources: said.traceSources,
    dataDir: flags["data-dir"],
    pollIntervalMs: flags["poll-ms"],
    validateBinary: flags.envoy,
    isReadOnly: flags["read-only"],
    otlpHttp: flags["otlp-http"],
    otlpGrpc: flags["otlp-grpc"],
    zipkin: flags.zipkin,
    keepSpansMib: flags["keep-spans-mib"],
    keepSpansHours: flags["keep-spans-hours"],
    areSpansInMemory: flags.memory,
    telemetryOtlp: flags["telemetry-otlp"],
  });
  await buildUi();
  const weft = await startWeft({ ...options, uiDir: UI_DIR, configuration: () => config?.file.status() ?? null });
  console.log(`weft: ${weft.url}`);
  if (options.proxiesDir === undefined && options.metricsSources.length === 0)
    console.log("weft: nothing tells of a mesh yet: give a directory with --proxies DIR, or a Prometheus with --config weft.yaml");
  await config?.file.start({
    clock: systemClock,
    scheduler: systemScheduler,
    apply: (next) => weft.configure(next),
    report: (text, isBad) => (isBad ? weft.warn(text) : console.log(`weft: ${text}`)),
  });
  await untilStopped();
  await config?.file.stop();
  await weft.stop();
  return 0;
}
