import type { ProxyProof } from "#lib/model/change.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { Clock } from "#lib/ports/time.ts";

import { judgeRefusals, readRefusals, type Judged } from "../files/refusal-counts.ts";
import { describeSilence, unreachableProof } from "../files/silence.ts";
import { quoteRe2 } from "../files/stat-names.ts";
import type { ListenerAdmin } from "./listener-admin.ts";
import { openFilter, whyNotInForce, whyStillOpen, type InForce, type Expected } from "./proof.ts";

/** Statistics in which a proxy counts what it refused of its listener file. */
export const REFUSALS = "^listener_manager\\.lds\\.update_(rejected|failure)$";

/** What a proxy has in force: the version of its listeners, and the one of this name. */
export async function readInForce(admin: ListenerAdmin, listener: string, signal?: AbortSignal): Promise<Result<InForce>> {
  const [version, found] = await Promise.all([
    admin.listenersVersion(signal),
    admin.config("dynamic_listeners", { nameRegex: `^${quoteRe2(listener)}$` }, signal),
  ]);
  if (!version.ok) return version;
  if (!found.ok) return found;
  return ok({ version: version.value, listener: found.value.find((one) => one.name === listener)?.active_state?.listener ?? null });
}

export interface ProofQuestion extends Judged {
  id: string;
  admin: ListenerAdmin;
  expected: Expected;
  clock: Clock;
}

/** Asks one proxy now. `live` only by its own dump, and for strict only once nothing of the old chains is open. */
export async function askForProof(question: ProofQuestion, signal?: AbortSignal): Promise<ProxyProof> {
  const { id, admin, expected, clock } = question;
  const [inForce, counts] = await Promise.all([readInForce(admin, expected.listener, signal), readRefusals(admin, REFUSALS, signal)]);
  if (!inForce.ok) return unreachableProof(id, describeSilence(inForce.error));
  const { version } = inForce.value;
  const answer = { id, revision: version === "" ? null : version, observedAt: new Date(clock.nowMs()).toISOString() };
  const difference = whyNotInForce(inForce.value, expected);
  if (difference === null) {
    const open = await askWhatIsOpen(admin, expected, signal);
    return open === null ? { ...answer, state: "live", reason: null } : { ...answer, state: "pending", reason: open };
  }
  if (!counts.ok)
    return { ...answer, state: "pending", reason: `${difference} Whether it refused the file is not known: ${counts.error.message}` };
  const refusal = await judgeRefusals(question, counts.value, signal);
  if (refusal === null) return { ...answer, state: "pending", reason: difference };
  return { ...answer, state: "rejected", reason: refusal };
}

/** Asked after the dump, never beside it: an answer from before the change would tell of nothing draining. */
async function askWhatIsOpen(admin: ListenerAdmin, { demand, leaving }: Expected, signal?: AbortSignal): Promise<string | null> {
  if (demand !== "strict") return null;
  const stats = await admin.stats(openFilter(leaving), signal);
  if (!stats.ok) return `Whether connections of its old listener are still open is not known: ${stats.error.message}`;
  return whyStillOpen(stats.value, leaving);
}
