import { matchesFind } from "#components/ui/table-sort.ts";
import type { AuthorizationDecision, AuthorizationStage, WorkloadAuthorization } from "#lib/model/security.ts";

/** The workloads whose policies are looked at: those that denied something first, then by name. */
export function authorizationRows(all: readonly WorkloadAuthorization[], about: string, find: string): WorkloadAuthorization[] {
  return all
    .filter((one) => about === "" || one.id === about)
    .filter((one) =>
      matchesFind(find, [
        one.id,
        ...one.stages.flatMap((stage) => stage.policies.map((policy) => policy.name)),
        ...one.decisions.map((each) => each.source),
      ]),
    )
    .toSorted((a, b) => Number(deniedOf(b) > 0) - Number(deniedOf(a) > 0) || a.id.localeCompare(b.id, "en"));
}

/** Requests that were really denied. What a shadow stage would have denied is not among them. */
export function deniedOf({ decisions, stages }: Pick<WorkloadAuthorization, "decisions" | "stages">): number {
  const told = decisions.filter((one) => one.mode === "enforced" && one.outcome === "denied").reduce((sum, one) => sum + one.count, 0);
  const counted = stages.filter((stage) => stage.mode === "enforced").reduce((sum, stage) => sum + (stage.denied ?? 0), 0);
  return Math.max(told, counted);
}

/** What became of requests at a stage, in the words of its kind: a shadow stage would have, an enforced one has. */
export function outcomeWords({ mode, outcome }: Pick<AuthorizationDecision, "mode" | "outcome">): string {
  if (mode === "enforced") return outcome;
  return outcome === "denied" ? "would be denied" : "would be allowed";
}

/** Why a stage without policies matters, or does not. */
export function emptyStageWords({ action, mode }: Pick<AuthorizationStage, "action" | "mode">): string {
  if (mode === "shadow") return "It holds no policy, and decides nothing.";
  if (action === "allow") return "It holds no policy: no request can be allowed by it.";
  return action === "deny" ? "It holds no policy: it denies nothing." : "It holds no policy.";
}

function decisionRank({ mode, outcome }: AuthorizationDecision): number {
  return (outcome === "denied" ? 0 : 2) + (mode === "enforced" ? 0 : 1);
}

/** Denied ones first, real ones before those of a shadow; then most requests first. */
export function decisionOrder(decisions: readonly AuthorizationDecision[]): AuthorizationDecision[] {
  return decisions.toSorted((a, b) => decisionRank(a) - decisionRank(b) || b.count - a.count || a.source.localeCompare(b.source, "en"));
}
