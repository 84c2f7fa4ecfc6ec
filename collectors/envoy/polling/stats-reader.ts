import { ok, err, WeftError, type Result } from "#lib/model/errors.ts";

import type { AdminClient } from "../admin/client.ts";
import type { ServerInfo } from "../admin/wire.ts";
import type { Joining } from "../stats/counter-book.ts";

/** One running process of a proxy, as far as it was looked at. */
export interface ProcessLife {
  /** When it read its bootstrap, in Envoy's own words; `null` when its admin does not tell. */
  start: string | null;
  /** Seconds; `null` when the statistics do not hold it. */
  uptimeSeconds: number | null;
  info: ServerInfo;
}

export interface StatsReading {
  text: string;
  elapsedMs: number;
  life: ProcessLife;
  joining: Joining;
}

/** What is known before a poll. */
export interface Before {
  life: ProcessLife | null;
  /** Milliseconds since the last good answer or, without one, since the proxy was known not to be there. */
  sinceMs: number;
  /** Whether the last attempt failed. */
  hasFailed: boolean;
  /** Whether the last attempt found nobody listening: then whatever runs now began after it. */
  wasRefused: boolean;
}

/**
 * Reads the statistics of a proxy and tells how they join what was read before. Counters say by themselves that they
 * began anew only when they are smaller than before, so a restart is proven by the process's own start time. It is asked
 * for whenever a restart since the last look is possible, and before and after the statistics when it turns out to be new.
 */
export async function readStats(admin: AdminClient, filter: string, before: Before, signal: AbortSignal): Promise<Result<StatsReading>> {
  let life = before.life;
  let start: string | null = null;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const stats = await admin.prometheus(filter, signal);
    if (!stats.ok) return stats;
    const uptimeSeconds = uptimeIn(stats.value.text);
    if (before.life !== null && life === before.life && !mayBeNew(before.life, uptimeSeconds, before)) {
      return ok({ ...stats.value, life: { ...before.life, uptimeSeconds }, joining: "continue" });
    }
    const process = await identifyProcess(admin, signal);
    if (!process.ok) return process;
    if (before.life !== null && isSame(before.life, process.value, uptimeSeconds)) {
      return ok({ ...stats.value, life: { ...before.life, uptimeSeconds }, joining: "continue" });
    }
    if (life !== null && life !== before.life && process.value.start === start) {
      return ok({ ...stats.value, life: { ...life, uptimeSeconds }, joining: joiningOf(life, before) });
    }
    // A process not met before: these statistics may still be of the one before it, so they are read once more.
    const info = await admin.serverInfo(signal);
    if (!info.ok) return info;
    start = process.value.start;
    life = { start, uptimeSeconds, info: info.value };
  }
  return err(new WeftError("SOURCE_UNREACHABLE", `${admin.address} started anew each time it was asked.`, { isRetryable: true }));
}

const MAX_ROUNDS = 4;

/** A restarted process has been up for less than the time since the last look; the gauge is refreshed at the stats flush. */
function mayBeNew(life: ProcessLife, uptimeSeconds: number | null, before: Before): boolean {
  if (before.hasFailed || uptimeSeconds === null || life.uptimeSeconds === null) return true;
  return uptimeSeconds < life.uptimeSeconds || uptimeSeconds * 1000 <= before.sinceMs + UPTIME_SLACK_MS;
}

const UPTIME_SLACK_MS = 2_000;

/** `start: null` when the admin does not tell it; then only the uptime is left to go by. */
async function identifyProcess(admin: AdminClient, signal: AbortSignal): Promise<Result<{ start: string | null }>> {
  const start = await admin.processStart(signal);
  if (start.ok) return ok({ start: start.value });
  const isSilent = start.error.code === "SOURCE_REFUSED" || start.error.code === "SOURCE_MALFORMED";
  return isSilent && !start.error.isRetryable ? ok({ start: null }) : start;
}

function isSame(life: ProcessLife, process: { start: string | null }, uptimeSeconds: number | null): boolean {
  if (process.start !== null && life.start !== null) return process.start === life.start;
  return uptimeSeconds === null || life.uptimeSeconds === null || uptimeSeconds >= life.uptimeSeconds;
}

/** `uptime_current_epoch` is cut to whole seconds, so one more is what is certain. */
function joiningOf(life: ProcessLife, before: Before): Joining {
  const upForAtMostMs = (life.info.uptime_current_epoch + 1) * 1000;
  const isNewHere = before.life !== null || before.wasRefused || upForAtMostMs <= before.sinceMs;
  return isNewHere ? "from-zero" : "base-line";
}

const UPTIME = /^envoy_server_uptime(?:\{[^}\n]*\})? (\d+)$/m;

function uptimeIn(text: string): number | null {
  const seconds = UPTIME.exec(text)?.[1];
  return seconds === undefined ? null : Number(seconds);
}
