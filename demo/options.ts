import { resolve } from "node:path";
import { parseArgs } from "node:util";

export interface DemoOptions {
  /** Absolute. */
  readonly runDir: string;
  /** 0: any free port. */
  readonly controlPort: number;
  readonly rps: number;
  readonly seed: number;
  readonly otlpHttp: string | undefined;
  readonly otlpGrpc: string | undefined;
  /** Whether a Prometheus is started that scrapes the mesh. */
  readonly prometheus: boolean;
  /** End when standard input closes: whoever started the demo is gone. */
  readonly exitWithParent: boolean;
}

/** A command line that cannot be followed. The message says what would be right. */
export class BadOption extends Error {
  override readonly name = "BadOption";
}

export function parseOptions(args: readonly string[]): DemoOptions {
  const { values } = parse(args);
  return {
    runDir: resolve(values["run-dir"]),
    controlPort: numberOf("control-port", values["control-port"], 0, 65_535, true),
    rps: numberOf("rps", values.rps, 0.1, 500, false),
    seed: numberOf("seed", values.seed, 0, 2 ** 32 - 1, true),
    otlpHttp: addressOf("otlp-http", values["otlp-http"]),
    otlpGrpc: addressOf("otlp-grpc", values["otlp-grpc"]),
    prometheus: values.prometheus,
    exitWithParent: values["exit-with-parent"],
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        "run-dir": { type: "string", default: ".weft/demo" },
        "control-port": { type: "string", default: "4601" },
        rps: { type: "string", default: "60" },
        seed: { type: "string", default: "1" },
        "otlp-http": { type: "string" },
        "otlp-grpc": { type: "string" },
        prometheus: { type: "boolean", default: false },
        "exit-with-parent": { type: "boolean", default: false },
      },
    });
  } catch (cause) {
    throw new BadOption(cause instanceof Error ? cause.message : String(cause));
  }
}

function numberOf(name: string, text: string, low: number, high: number, whole: boolean): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (value >= low && value <= high && (!whole || Number.isInteger(value))) return value;
  throw new BadOption(`--${name} takes a ${whole ? "whole " : ""}number from ${low} to ${high}, not "${text}".`);
}

/** `127.0.0.1:4318`. Loopback only: the demo sends nothing off the machine. */
function addressOf(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const port = /^(?:127\.0\.0\.1|localhost):(\d+)$/.exec(text)?.[1];
  if (port === undefined || Number(port) < 1 || Number(port) > 65_535)
    throw new BadOption(`--${name} takes 127.0.0.1:PORT, not "${text}".`);
  return `127.0.0.1:${port}`;
}
