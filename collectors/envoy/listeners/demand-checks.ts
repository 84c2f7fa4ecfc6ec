import { plainName } from "#collectors/shared/plain-name.ts";
import type { PlanCheck } from "#lib/model/routing.ts";
import type { ServerDemand } from "#lib/model/tls.ts";

import type { Listener } from "../admin/wire-config.ts";
import type { DryRun } from "../files/dry-run.ts";
import { check, checkDryRun, checkProxies, checkWritable, type Unwritable } from "../files/file-checks.ts";
import { nameProxies } from "../files/name-proxies.ts";
import { allChains, hasInspector, needsInspector } from "./chains.ts";
import { WORDS } from "./proof.ts";

/** What one affected proxy says, or why it says nothing. */
export interface ProxyView {
  id: string;
  /** Why it does not run what the file says; `null` when it does, or when it did not answer. */
  difference: string | null;
  /** Why it did not answer; `null` when it did. */
  silence: string | null;
}

export interface DraftFacts {
  location: string;
  before: Listener;
  after: Listener;
  demandAfter: ServerDemand;
  /** Names of the file's other listeners that the draft would change as well. */
  othersChanged: readonly string[];
  /** Whether the file still holds what the draft was made from. */
  isUnchanged: boolean;
  views: readonly ProxyView[];
  /** Proxies that never said where their listeners come from. */
  neverSeen: readonly string[];
  /** Readers of the file of which nobody knows the workload. */
  nameless: readonly string[];
  workloads: readonly string[];
  unwritable: Unwritable | null;
  dryRun: DryRun | null;
}

/** Everything that can be said for or against a draft, in the order in which people ask. */
export function checkDraft(facts: DraftFacts): PlanCheck[] {
  return [
    checkDemand(facts),
    ...checkOthers(facts),
    checkInspector(facts),
    ...checkWorkloads(facts),
    checkDryRun(facts.dryRun),
    ...checkProxies(facts, "listener"),
    ...checkInStep(facts),
    checkUnchanged(facts),
    checkWritable(facts.unwritable, facts.location),
  ];
}

function checkDemand({ before, after, demandAfter }: DraftFacts): PlanCheck {
  const gone = allChains(before).length - allChains(after).length;
  const chains = `${Math.abs(gone)} of ${Math.max(allChains(before).length, allChains(after).length)} filter chains`;
  if (gone > 0)
    return check("demand", "pass", `${chains} ${gone === 1 ? "is" : "are"} taken away; the listener is then ${WORDS[demandAfter]}`);
  const words = gone === 0 ? "As many filter chains as before" : `${chains} ${gone === -1 ? "comes" : "come"} back`;
  return check("demand", "note", `${words}; the listener is then ${WORDS[demandAfter]}`);
}

function checkOthers({ othersChanged, location }: DraftFacts): PlanCheck[] {
  if (othersChanged.length === 0) return [];
  return [
    check(
      "others",
      "fail",
      `${location} was changed elsewhere since: ${othersChanged.map(plainName).join(", ")} would be taken back too`,
      "Make this change by hand, so that the other one stays.",
    ),
  ];
}

function checkInspector({ after }: DraftFacts): PlanCheck {
  if (!needsInspector(after)) return check("inspector", "pass", "Its filter chains are found without looking into connections first");
  if (hasInspector(after)) return check("inspector", "pass", "The listener tells TLS from plaintext (tls_inspector)");
  return check(
    "inspector",
    "fail",
    "Its filter chain for TLS is only found with the listener filter tls_inspector, which is missing: everybody would be refused",
    "Add envoy.filters.listener.tls_inspector to its listener_filters first.",
  );
}

function checkWorkloads({ workloads, nameless, location }: DraftFacts): PlanCheck[] {
  const checks: PlanCheck[] = [];
  if (workloads.length > 1) {
    const text = `${location} is read by proxies of several workloads: ${workloads.map(plainName).join(", ")}`;
    checks.push(check("shared", "warn", text, "Give each workload a file of its own."));
  }
  if (nameless.length > 0) {
    const text = `Which workload ${nameProxies(nameless)} ${nameless.length === 1 ? "belongs" : "belong"} to is not known`;
    checks.push(check("shared", "unknown", text, "Name the service in the node's metadata."));
  }
  return checks.length > 0 ? checks : [check("shared", "pass", "Only this workload reads the file")];
}

/** A file edited in place is not what the proxies run: they look only when a file is renamed onto it. */
function checkInStep({ views, location }: DraftFacts): PlanCheck[] {
  const behind = views.filter((view) => view.difference !== null);
  const [first] = behind;
  if (first === undefined) return [];
  const ids = behind.map((view) => view.id);
  const text = `${nameProxies(ids)} ${ids.length === 1 ? "does" : "do"} not run what ${location} says now. ${first.difference}`;
  return [check("in-step", "warn", text, "Applying brings them in step.")];
}

function checkUnchanged({ isUnchanged, location }: DraftFacts): PlanCheck {
  return isUnchanged
    ? check("unchanged", "pass", `${location} is still as it was read`)
    : check("unchanged", "fail", `${location} was changed by someone else while this was checked`, "Plan again from what is there now.");
}
