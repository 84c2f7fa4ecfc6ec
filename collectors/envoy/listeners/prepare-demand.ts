import { isDeepStrictEqual } from "node:util";

import { plainName } from "#collectors/shared/plain-name.ts";
import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { ServerDemand } from "#lib/model/tls.ts";
import type { DemandAnswer, DemandDraft } from "#lib/ports/demand-target.ts";
import type { PreparedWrite } from "#lib/ports/write-target.ts";
import { diffTexts } from "#lib/routing/text-diff.ts";

import type { Listener } from "../admin/wire-config.ts";
import { readConfigFile, revisionOf } from "../files/config-folder.ts";
import { dryRun, type DryRun } from "../files/dry-run.ts";
import { whyUnwritable } from "../files/file-checks.ts";
import { inBatches } from "../files/in-batches.ts";
import { replacementStep } from "../files/plan-step.ts";
import { describeSilence } from "../files/silence.ts";
import type { TargetFiles } from "../files/target-files.ts";
import { unsupportedEdit } from "../files/text-edits.ts";
import { readInForce } from "./ask-listener.ts";
import { leavingNames, listenerDemand, plaintextRemoval } from "./chains.ts";
import { checkDraft, type ProxyView } from "./demand-checks.ts";
import { aboutCandidate, bootstrapOf } from "./dry-run-bootstrap.ts";
import { markText, removeChains } from "./edit-demand.ts";
import type { ListenerAdmin } from "./listener-admin.ts";
import type { KnownProxy } from "./listener-book.ts";
import { parseListenerText, type ListenerText } from "./parse-listener-text.ts";
import { whyOutOfStep, WORDS } from "./proof.ts";
import type { DemandView, FoundDemand } from "./read-objects.ts";

export interface PrepareContext extends TargetFiles<ListenerAdmin> {
  /** Ids of proxies that never told where their listeners come from. */
  neverSeen: readonly string[];
}

const DRY_RUN_TIMEOUT_MS = 5_000;
const ASKED_AT_ONCE = 32;

/** Edits the text and gathers every check; writes nothing. Errors: INVALID, UNSUPPORTED. */
export async function prepareDemand(
  { object, view }: FoundDemand,
  draft: DemandDraft,
  context: PrepareContext,
  signal?: AbortSignal,
): Promise<Result<DemandAnswer>> {
  if (view === null) return err(unsupportedEdit(`${object.location}: ${object.problem ?? "It cannot be read."}`));
  const edited =
    "restore" in draft.want ? earlierText(view, draft.want.restore, draft.marker) : strictText(object.problem, view, draft.marker);
  if (!edited.ok) return edited;
  const parsed = parseListenerText(edited.value, view.parsed.format);
  const listener = parsed.listeners.find((one) => one.name === view.listener.name);
  if (listener === undefined || parsed.problem !== null)
    return err(unsupportedEdit(parsed.problem ?? "The listener would not be there any more."));
  const after = listenerDemand(listener);
  const write: PreparedWrite = {
    targetId: context.targetId,
    objectId: object.id,
    marker: draft.marker,
    format: view.parsed.format,
    location: view.file.location,
    before: view.parsed.text,
    after: edited.value,
    revisionBefore: object.revision,
    revisionAfter: revisionOf(edited.value),
    expects: {
      kind: "demand",
      listener: listener.name,
      demand: after,
      leaving: after === "strict" ? leavingNames(view.parsed.listeners, parsed.listeners) : [],
    },
    // Who was never reached may take the file as well: the proof must not pass over it.
    proxies: [...object.proxies, ...context.neverSeen],
  };
  const { format, location, before } = write;
  const [views, unwritable, tried] = await Promise.all([
    inBatches(view.readers, ASKED_AT_ONCE, (proxy) => viewOf(proxy, view, context, signal)),
    whyUnwritable(context.fs, context.folder, location),
    tryOut(listener, context, signal),
  ]);
  const checks = checkDraft({
    location,
    before: view.listener,
    after: listener,
    demandAfter: after,
    othersChanged: othersChanged(view, parsed),
    isUnchanged: await isStill(view, context),
    views,
    neverSeen: context.neverSeen,
    nameless: view.readers.filter((proxy) => proxy.told?.workload == null).map((proxy) => proxy.id),
    workloads: view.workloads,
    unwritable,
    dryRun: tried,
  });
  return ok({
    write,
    object,
    after,
    diff: diffTexts({ format, location, before, after: write.after }),
    checks,
    steps: [replacementStep(write, proofOf(after))],
  });
}

function strictText(problem: string | null, view: DemandView, marker: string): Result<string> {
  if (view.object.demand === "strict") {
    const text = `${plainName(view.object.workload)} lets in nobody without a certificate already.`;
    return err(new WeftError("INVALID", text, { field: "demand", mend: "Nothing is left to do." }));
  }
  if (problem !== null) return err(unsupportedEdit(problem));
  const removal = plaintextRemoval(view.listener);
  if ("reason" in removal) return err(unsupportedEdit(removal.reason));
  return removeChains(view.parsed, { listener: view.index, places: removal.places, marker });
}

function earlierText(view: DemandView, text: string, marker: string): Result<string> {
  const earlier = parseListenerText(text, view.parsed.format);
  if (earlier.problem !== null) return err(invalid(`The earlier text cannot be put back. ${earlier.problem}`));
  if (!earlier.listeners.some((one) => one.name === view.listener.name))
    return err(invalid(`The earlier text has no listener ${plainName(view.listener.name)}.`));
  if (isDeepStrictEqual(earlier.listeners, view.parsed.listeners))
    return err(invalid("There is nothing to put back: the listeners are as they were."));
  return markText(earlier, marker);
}

/** Names of listeners beside the one in question that are not the same before and after. */
function othersChanged(view: DemandView, after: ListenerText): string[] {
  const before = new Map(view.parsed.listeners.map((one) => [one.name, one]));
  const later = new Map(after.listeners.map((one) => [one.name, one]));
  const names = new Set([...before.keys(), ...later.keys()]);
  names.delete(view.listener.name);
  return [...names].filter((name) => !isDeepStrictEqual(before.get(name), later.get(name)));
}

async function viewOf(proxy: KnownProxy, view: DemandView, context: PrepareContext, signal?: AbortSignal): Promise<ProxyView> {
  // It was asked less than a second ago; asking a frozen proxy again only costs another deadline.
  if (proxy.failure !== null) return { id: proxy.id, difference: null, silence: describeSilence(proxy.failure) };
  const inForce = await readInForce(context.admin(proxy.address), view.listener.name, signal);
  if (!inForce.ok) return { id: proxy.id, difference: null, silence: describeSilence(inForce.error) };
  return { id: proxy.id, difference: whyOutOfStep(inForce.value, view.listener.name, view.object.demand), silence: null };
}

async function tryOut(candidate: Listener, { validateBinary, clock }: PrepareContext, signal?: AbortSignal): Promise<DryRun | null> {
  if (validateBinary === null) return null;
  const bootstrap = bootstrapOf(candidate);
  return aboutCandidate(await dryRun({ binary: validateBinary, bootstrap, timeoutMs: DRY_RUN_TIMEOUT_MS, clock, signal }));
}

/** Looked at last: the checks before it took their time. */
async function isStill({ file, object }: DemandView, { fs, folder }: PrepareContext): Promise<boolean> {
  return (await readConfigFile(fs, folder, file.name))?.revision === object.revision;
}

function proofOf(demand: ServerDemand): string {
  const closed = demand === "strict" ? ", and nothing that came in over the old filter chains is open any more" : "";
  return `a listener that is ${WORDS[demand]} in its own configuration dump${closed}`;
}

function invalid(reason: string): WeftError {
  return new WeftError("INVALID", reason, { field: "restore", mend: "Look at the file, and edit it by hand." });
}
