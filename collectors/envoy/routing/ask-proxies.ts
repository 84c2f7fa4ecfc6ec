import type { RoutingAdmin } from "./routing-admin.ts";
import { isConnectionRefused } from "#collectors/shared/http-fetcher.ts";
import type { ProxyProof } from "#lib/model/change.ts";
import { ok, type Result, type WeftError } from "#lib/model/errors.ts";
import type { Clock } from "#lib/ports/time.ts";

import {
  describeRefusals,
  unreachableProof,
  versionInForce,
  whyNotLive,
  type Baseline,
  type DumpEntry,
  type Expected,
  type RefusalCount,
} from "./proof.ts";

/** The route configurations in force under one name. */
export async function readDump(admin: RoutingAdmin, routeName: string, signal?: AbortSignal): Promise<Result<DumpEntry[]>> {
  const answer = await admin.config("dynamic_route_configs", { nameRegex: `^${quoteRe2(routeName)}$` }, signal);
  if (!answer.ok) return answer;
  return ok(answer.value.map((one) => ({ version: one.version_info, config: one.route_config })));
}

/** How often a proxy refused a file for this route: what it could not parse (`failed`) and what it would not take (`rejected`). */
export async function readRefusals(admin: RoutingAdmin, routeName: string, signal?: AbortSignal): Promise<Result<RefusalCount>> {
  const filter = `^http\\..*\\.rds\\.${quoteRe2(inStatName(routeName))}\\.update_(rejected|failure)$`;
  const answer = await admin.stats(filter, signal);
  if (!answer.ok) return answer;
  const counts = { rejected: 0, failed: 0 };
  for (const [name, value] of answer.value) {
    if (name.endsWith(".update_rejected")) counts.rejected += value;
    else counts.failed += value;
  }
  return ok(counts);
}

/** Start of the running process, epoch milliseconds; `null` when it does not say. */
export async function readStart(admin: RoutingAdmin, signal?: AbortSignal): Promise<number | null> {
  const answer = await admin.processStart(signal);
  const ms = answer.ok ? Date.parse(answer.value) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

/** What a proxy had refused before a write; `null` when it cannot be asked. */
export async function readBaseline(admin: RoutingAdmin, routeName: string, signal?: AbortSignal): Promise<Baseline> {
  const [counts, startedAtMs] = await Promise.all([readRefusals(admin, routeName, signal), readStart(admin, signal)]);
  return counts.ok ? { ...counts.value, startedAtMs } : null;
}

export interface ProofQuestion {
  id: string;
  admin: RoutingAdmin;
  expected: Expected;
  baseline: Baseline;
  /** When the file was last written, epoch milliseconds. */
  writtenAtMs: number | null;
  clock: Clock;
}

/** Asks one proxy now. `live` only by its own dump; `rejected` only when it is not live and its counters rose. */
export async function askForProof(question: ProofQuestion, signal?: AbortSignal): Promise<ProxyProof> {
  const { id, admin, expected, clock } = question;
  const [dump, counts] = await Promise.all([readDump(admin, expected.routeName, signal), readRefusals(admin, expected.routeName, signal)]);
  if (!dump.ok) return unreachableProof(id, describeSilence(dump.error));
  const answer = { id, revision: versionInForce(dump.value, expected.routeName), observedAt: new Date(clock.nowMs()).toISOString() };
  const difference = whyNotLive(dump.value, expected);
  if (difference === null) return { ...answer, state: "live", reason: null };
  if (!counts.ok)
    return { ...answer, state: "pending", reason: `${difference} Whether it refused the file is not known: ${counts.error.message}` };
  const refusal = await judgeRefusals(question, counts.value, signal);
  if (refusal === null) return { ...answer, state: "pending", reason: difference };
  return { ...answer, state: "rejected", reason: refusal };
}

/** The process' start costs a proxy some milliseconds, so it is asked for only when the counters alone leave it open. */
async function judgeRefusals(
  { admin, baseline, writtenAtMs }: ProofQuestion,
  counts: RefusalCount,
  signal?: AbortSignal,
): Promise<string | null> {
  const isOpen = counts.rejected + counts.failed > 0;
  const plain = describeRefusals(counts, baseline, null, writtenAtMs);
  if (plain !== null || !isOpen) return plain;
  return describeRefusals(counts, baseline, await readStart(admin, signal), writtenAtMs);
}

/** Why a proxy did not answer, for people: not running, frozen, or something else. */
export function describeSilence(error: WeftError): string {
  if (isConnectionRefused(error)) return `Nothing listens at its admin address: the proxy is not running. (${error.message})`;
  if (error.code === "TIMEOUT") return `It does not answer: it may be frozen, overloaded or cut off. (${error.message})`;
  return error.message;
}

/** Quotes a text for Envoy's RE2: punctuation by a backslash, controls by their code. */
export function quoteRe2(text: string): string {
  return text.replace(/[\p{Cc}!-/:-@[-`{-~]/gu, (mark) =>
    mark < " " || mark > "~" ? `\\x{${(mark.codePointAt(0) ?? 0).toString(16)}}` : `\\${mark}`,
  );
}

/** Envoy writes a colon in the name of a statistic as an underscore, `:/` and `://` as one. */
function inStatName(name: string): string {
  return name.replace(/:\/?\/?/g, "_");
}
