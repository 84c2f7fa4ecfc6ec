import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { plainName } from "#collectors/shared/plain-name.ts";
import type { Clock } from "#lib/ports/time.ts";

/** What Envoy itself says to a configuration. `refused` holds its own words. */
export type DryRun =
  | { outcome: "passed"; elapsedMs: number; ignored: string | null }
  | { outcome: "refused"; text: string }
  | { outcome: "unknown"; reason: string };

export interface DryRunRequest {
  binary: string;
  /** A whole bootstrap, with the candidate in it. */
  bootstrap: object;
  timeoutMs: number;
  clock: Clock;
  signal?: AbortSignal | undefined;
}

const MAX_WORDS = 600;

/**
 * Runs `envoy --mode validate` on a bootstrap. Nothing listens and no port is opened. Never throws.
 */
export async function dryRun(request: DryRunRequest): Promise<DryRun> {
  let folder: string;
  try {
    folder = await mkdtemp(join(tmpdir(), "weft-dry-run-"));
  } catch (cause) {
    return {
      outcome: "unknown",
      reason: `no temporary folder could be made (${cause instanceof Error ? cause.message : "unknown reason"})`,
    };
  }
  try {
    await writeFile(join(folder, "bootstrap.json"), JSON.stringify(request.bootstrap));
    const strict = await runOnce(request, folder, []);
    if (strict.outcome !== "refused") return strict;
    // A proxy takes unknown fields from a file, unless it runs with --reject-unknown-dynamic-fields; a dry run refuses them, unless it is told.
    const lenient = await runOnce(request, folder, ["--allow-unknown-static-fields"]);
    return lenient.outcome === "passed" ? { ...lenient, ignored: strict.text } : strict;
  } catch (cause) {
    return { outcome: "unknown", reason: cause instanceof Error ? cause.message : "unknown reason" };
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

interface Ended {
  code: number | string | null;
  isKilled: boolean;
  output: string;
}

async function runOnce(request: DryRunRequest, folder: string, flags: readonly string[]): Promise<DryRun> {
  const startedAt = request.clock.monotonicMs();
  const end = await run(request, folder, flags);
  return judge(end, Math.round(request.clock.monotonicMs() - startedAt), request.timeoutMs);
}

function run({ binary, timeoutMs, signal }: DryRunRequest, folder: string, further: readonly string[]): Promise<Ended> {
  const flags = [...further, "--mode", "validate", "-c", "bootstrap.json", "-l", "critical", "--disable-hot-restart", "--concurrency", "1"];
  const options = {
    cwd: folder,
    timeout: timeoutMs,
    killSignal: "SIGKILL",
    maxBuffer: 4 * 1024 * 1024,
    ...(signal === undefined ? {} : { signal }),
  } as const;
  return new Promise((resolve) => {
    execFile(binary, flags, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : (error.code ?? null);
      resolve({ code, isKilled: error?.killed === true, output: `${stderr}\n${stdout}` });
    });
  });
}

function judge({ code, isKilled, output }: Ended, elapsedMs: number, timeoutMs: number): DryRun {
  if (code === 0) return { outcome: "passed", elapsedMs, ignored: null };
  if (isKilled) return { outcome: "unknown", reason: `it did not end within ${timeoutMs / 1000} s` };
  if (typeof code === "string") return { outcome: "unknown", reason: `the Envoy binary could not be run (${code})` };
  const words = /error initializing configuration '[^']*': ([\s\S]*)/.exec(output)?.[1] ?? "";
  // Protobuf doubles spaces at random so that nobody matches its texts; for people they are single.
  const text = plainText(words);
  if (text !== "") return { outcome: "refused", text };
  return { outcome: "unknown", reason: `Envoy ended with ${code ?? "a signal"} and gave no reason` };
}

function plainText(words: string): string {
  const own = words.split(/\n\[\d{4}-/, 1)[0] ?? "";
  // Envoy repeats the whole bootstrap behind some reasons.
  const single = own
    .replace(/:\s*\{"(?:node|static_resources)"[\s\S]*$/, "")
    .replace(/\s+/g, " ")
    .trim();
  const shown = single.length > MAX_WORDS ? `${single.slice(0, MAX_WORDS)}…` : single;
  return (shown.match(/.{1,100}/gu) ?? []).map(plainName).join("");
}
