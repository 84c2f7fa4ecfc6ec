import type { RoutingAdmin } from "./routing-admin.ts";
import type { ProxyProof } from "#lib/model/change.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { Clock } from "#lib/ports/time.ts";

import { inStatName, quoteRe2 } from "../files/stat-names.ts";
import { judgeRefusals, readRefusals, type Judged } from "../files/refusal-counts.ts";
import { describeSilence, unreachableProof } from "../files/silence.ts";
import { versionInForce, whyNotLive, type DumpEntry, type Expected } from "./proof.ts";

/** The route configurations in force under one name. */
export async function readDump(admin: RoutingAdmin, routeName: string, signal?: AbortSignal): Promise<Result<DumpEntry[]>> {
  const answer = await admin.config("dynamic_route_configs", { nameRegex: `^${quoteRe2(routeName)}$` }, signal);
  if (!answer.ok) return answer;
  return ok(answer.value.map((one) => ({ version: one.version_info, config: one.route_config })));
}

/** Statistics in which a proxy counts what it refused of the files for this route. */
export function refusalsOf(routeName: string): string {
  return `^http\\..*\\.rds\\.${quoteRe2(inStatName(routeName))}\\.update_(rejected|failure)$`;
}

export interface ProofQuestion extends Judged {
  id: string;
  admin: RoutingAdmin;
  expected: Expected;
  clock: Clock;
}

/** Asks one proxy now. `live` only by its own dump; `rejected` only when it is not live and its counters rose. */
export async function askForProof(question: ProofQuestion, signal?: AbortSignal): Promise<ProxyProof> {
  const { id, admin, expected, clock } = question;
  const [dump, counts] = await Promise.all([
    readDump(admin, expected.routeName, signal),
    readRefusals(admin, refusalsOf(expected.routeName), signal),
  ]);
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
