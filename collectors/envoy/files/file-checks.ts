import { constants } from "node:fs";

import { plainName } from "#collectors/shared/plain-name.ts";
import type { PlanCheck } from "#lib/model/routing.ts";

import type { FileSystem } from "./config-folder.ts";
import type { DryRun } from "./dry-run.ts";
import { nameProxies } from "./name-proxies.ts";
import { describeRefusal } from "./refusals.ts";

/** One check of a plan. */
export function check(code: string, level: PlanCheck["level"], text: string, mend: string | null = null): PlanCheck {
  return { code, level, text, mend };
}

/** What Envoy itself says to the candidate; `null` = it was not asked. */
export function checkDryRun(dryRun: DryRun | null): PlanCheck {
  if (dryRun === null) {
    return check(
      "dry-run",
      "unknown",
      "Envoy's own dry run was not made: no Envoy binary is at hand here",
      "Name a binary in the configuration to have every draft tried on it.",
    );
  }
  if (dryRun.outcome === "passed") {
    const passed = `Envoy dry run passed in ${dryRun.elapsedMs} ms`;
    if (dryRun.ignored === null) return check("dry-run", "pass", passed);
    return check(
      "dry-run",
      "warn",
      `${passed}, but only by leaving out what it does not know: ${dryRun.ignored}`,
      "Look for a field that is misspelled; a strict proxy refuses the file.",
    );
  }
  if (dryRun.outcome === "unknown") return check("dry-run", "unknown", `Envoy's dry run gave no answer: ${dryRun.reason}`);
  return check("dry-run", "fail", `Envoy's dry run refused the file: ${dryRun.text}`, "Mend the file first; a proxy would refuse it too.");
}

interface Readers {
  location: string;
  views: readonly { id: string; silence: string | null }[];
  /** Proxies that never said where their configuration comes from. */
  neverSeen: readonly string[];
}

/** Whether every proxy that takes this route, or this listener, can be asked for its proof. */
export function checkProxies({ views, neverSeen, location }: Readers, thing: "route" | "listener"): PlanCheck[] {
  const silent = views.filter((view) => view.silence !== null);
  const checks: PlanCheck[] = [];
  if (views.length === 0) {
    checks.push(
      check(
        "proxies",
        "fail",
        `No proxy is known to read ${location}, so nothing could be proven`,
        `Check that the proxies' admin addresses answer, and that their ${thing}s come from this folder.`,
      ),
    );
  } else if (silent.length === 0) {
    checks.push(
      check(
        "proxies",
        "pass",
        views.length === 1 ? `The proxy that takes this ${thing} answers` : `All ${views.length} proxies that take this ${thing} answer`,
      ),
    );
  }
  for (const view of silent) {
    const mend = "It takes the change when it is back; until then the change stays unproven on it.";
    checks.push(check("proxies", "warn", `${plainName(view.id)} takes this ${thing} but cannot be asked now. ${view.silence}`, mend));
  }
  if (neverSeen.length > 0) {
    checks.push(
      check(
        "proxies",
        "unknown",
        `Whether ${nameProxies(neverSeen)} ${neverSeen.length === 1 ? "takes" : "take"} this ${thing} is not known: never reached so far`,
      ),
    );
  }
  return checks;
}

/** Why a folder cannot be written, and what to do about it. */
export interface Unwritable {
  text: string;
  mend: string;
}

/** `unwritable` = why not; `null` when it can be written. */
export function checkWritable(unwritable: Unwritable | null, location: string): PlanCheck {
  return unwritable === null
    ? check("writable", "pass", `${location} can be written`)
    : check("writable", "fail", unwritable.text, unwritable.mend);
}

/** Why the folder cannot be written; `null` when it can. */
export async function whyUnwritable(fs: FileSystem, folder: string, location: string): Promise<Unwritable | null> {
  try {
    await fs.access(folder, constants.W_OK | constants.X_OK);
    return null;
  } catch (cause) {
    const refusal = describeRefusal(cause, location);
    return { text: refusal.message, mend: refusal.mend ?? "Look at the folder and its rights." };
  }
}
