import { WeftError } from "#lib/model/errors.ts";

import { bench } from "./commands/bench.ts";
import { build } from "./commands/build.ts";
import { config } from "./commands/config.ts";
import { demo } from "./commands/demo.ts";
import { doctor } from "./commands/doctor.ts";
import { test } from "./commands/test.ts";
import { up } from "./commands/up.ts";

const USAGE = `weft: a console for service meshes

  ./weft demo [--port 4600] [--control-port 4601] [--rps 60] [--seed 1] [--run-dir .weft/demo] [--no-open]
              [--show-weft]
      a real mesh of proxies on this machine, and the console over it
  ./weft up --proxies DIR [--routes DIR] [--listeners DIR] [--name NAME] [--port 4600] [--data-dir .weft/data] [--poll-ms 1000]
            [--envoy BIN] [--read-only] [--config weft.yaml]
            [--otlp-http 4318] [--otlp-grpc 4317] [--zipkin 9411] [--keep-spans-mib 1024] [--keep-spans-hours 72] [--memory]
            [--telemetry-otlp http://HOST:4318]
      the console over your own proxies, and the place to send spans to; "off" closes a port;
      the last one says where Weft's own spans go (nowhere, if left out)
  ./weft config check [--config weft.yaml]
      every mistake in the file, with its line and how to mend it; asks nobody
  ./weft doctor [--config weft.yaml] [--proxies DIR] [--json]
      what is wrong with each source, what that takes away, and how to mend it; ends with 1 where something is broken
  ./weft test [--fast | --long]
      everything that must hold, with the time each part took
  ./weft bench [NAME] [--json]
      how fast the hot paths are
  ./weft build
      the console's pages alone
`;

const COMMANDS: Record<string, (args: string[]) => Promise<number>> = { bench, build, config, demo, doctor, test, up };

async function main(args: string[]): Promise<number> {
  const [name = "help", ...rest] = args;
  const command = COMMANDS[name];
  if (command === undefined || rest.includes("--help")) {
    console.log(USAGE);
    return command === undefined && name !== "help" && name !== "--help" ? 2 : 0;
  }
  try {
    return await command(rest);
  } catch (error) {
    if (error instanceof WeftError) {
      console.error(`weft: ${error.message}${error.mend === null ? "" : `. ${error.mend}`}`);
      return 2;
    }
    throw error;
  }
}

process.exitCode = await main(process.argv.slice(2));
