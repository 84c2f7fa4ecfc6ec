import { plainName } from "#collectors/shared/plain-name.ts";

import type { RetryPolicy } from "./wire.ts";

/** Envoy's own default for a route without `timeout`. */
const DEFAULT_TIMEOUT_MS = 15_000;

/** The whole time a call may take, milliseconds; `null` when it is not limited (0) or not written as a duration. */
export function timeoutOf(timeout: string | undefined): number | null {
  if (timeout === undefined) return DEFAULT_TIMEOUT_MS;
  const seconds = /^(\d{1,12}(?:\.\d{1,9})?)s$/.exec(timeout)?.[1];
  // Rounded to nanoseconds, so that 1.001 s is 1001 ms.
  const ms = seconds === undefined ? 0 : Math.round(Number(seconds) * 1e9) / 1e6;
  return ms > 0 ? ms : null;
}

/** A retry policy in words; `null` when nothing is retried. */
export function describeRetries(policy: RetryPolicy | undefined): string | null {
  const reasons =
    policy?.retry_on
      ?.split(",")
      .map((one) => one.trim())
      .filter((one) => one !== "") ?? [];
  if (policy === undefined || reasons.length === 0) return null;
  const count = policy.num_retries ?? 1;
  const tries = count === 1 ? "1 retry" : `up to ${count} retries`;
  const each = policy.per_try_timeout === undefined ? "" : `, each try at most ${plainName(policy.per_try_timeout)}`;
  return `${tries} on ${reasons.map(plainName).join(", ")}${each}`;
}
