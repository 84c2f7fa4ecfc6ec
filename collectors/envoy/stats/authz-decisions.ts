import { z } from "zod";

import { plainName } from "#collectors/shared/plain-name.ts";

/** What became of a request: by the stages that count, or by those that only watch. */
export interface Decision {
  mode: "enforced" | "shadow";
  outcome: "allowed" | "denied";
  /** The policy that decided; `null` = none matched. */
  policy: string | null;
}

const Metadata = z.record(z.string(), z.unknown());
const RESULT = /^(.*)(enforced|shadow)_engine_result$/;

/**
 * Reads `%DYNAMIC_METADATA(envoy.filters.http.rbac)%`: the results of all filters of a chain in one JSON text, each under
 * its own prefix. A request is denied by the first that denies it, and allowed when none does: so there is one decision
 * of each mode, and none of a mode in which nobody was asked. Empty for a text that is not of this form.
 */
export function authzDecisions(text: string): Decision[] {
  const parsed = Metadata.safeParse(jsonOf(text));
  if (!parsed.success) return [];
  const results = Object.entries(parsed.data).flatMap(([key, result]): Decision[] => {
    const [, prefix = "", mode] = RESULT.exec(key) ?? [];
    if ((mode !== "enforced" && mode !== "shadow") || (result !== "allowed" && result !== "denied")) return [];
    const policy = parsed.data[`${prefix}${mode}_effective_policy_id`];
    return [{ mode, outcome: result, policy: typeof policy === "string" && policy !== "" ? plainName(policy) : null }];
  });
  return (["enforced", "shadow"] as const).flatMap((mode) => {
    const own = results.filter((result) => result.mode === mode);
    const decisive = own.find(({ outcome }) => outcome === "denied") ?? own.find(({ policy }) => policy !== null) ?? own[0];
    return decisive === undefined ? [] : [decisive];
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
