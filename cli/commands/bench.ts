import type { Benchmark } from "#bench/benchmark.ts";
import { WeftError } from "#lib/model/errors.ts";

import { parseFlags } from "../parse-flags.ts";

/** Loaded when they are asked for: some need packages that only development has. */
const BENCHMARKS: readonly { name: string; load(): Promise<Benchmark> }[] = [
  { name: "graph", load: async () => (await import("#bench/graph.ts")).graph },
  { name: "otlp", load: async () => (await import("#bench/otlp.ts")).otlp },
  { name: "spans", load: async () => (await import("#bench/spans.ts")).spans },
  { name: "flood", load: async () => (await import("#bench/flood.ts")).flood },
  { name: "scan", load: async () => (await import("#bench/scan.ts")).scan },
];

/** `./weft bench [NAME] [--json] [--full]`: one JSON object per benchmark, or a line a reader can read. */
export async function bench(args: string[]): Promise<number> {
  const { flags, rest } = parseFlags(args, { json: "boolean", full: "boolean" });
  const [name] = rest;
  const chosen = BENCHMARKS.filter((one) => name === undefined || one.name === name);
  if (chosen.length === 0) {
    throw new WeftError("NOT_FOUND", `There is no benchmark ${name ?? ""}`, {
      mend: `Choose one of ${BENCHMARKS.map((one) => one.name).join(", ")}`,
    });
  }
  for (const one of chosen) {
    const figures = await (await one.load()).run({ isFull: flags.full === true });
    const words = Object.entries(figures).flatMap(([key, value]) =>
      typeof value === "number" ? [`${key} ${value}`] : Object.entries(value).map(([part, one]) => `${key}.${part} ${one}`),
    );
    console.log(flags.json === true ? JSON.stringify({ name: one.name, ...figures }) : `${one.name}: ${words.join(", ")}`);
  }
  return 0;
}
