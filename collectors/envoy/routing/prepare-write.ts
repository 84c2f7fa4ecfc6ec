import type { RoutingAdmin } from "./routing-admin.ts";
import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { DraftAnswer, SplitDraft } from "#lib/ports/routing-target.ts";
import type { PreparedWrite } from "#lib/ports/write-target.ts";
import { checkWeights } from "#lib/routing/check-weights.ts";
import { diffTexts } from "#lib/routing/text-diff.ts";
import { plainName } from "#collectors/shared/plain-name.ts";

import { replacementStep } from "../files/plan-step.ts";
import { describeSilence } from "../files/silence.ts";
import type { TargetFiles } from "../files/target-files.ts";
import { unsupportedEdit } from "../files/text-edits.ts";
import { readDump } from "./ask-proxies.ts";
import { checkDraft, type DraftFacts, type ProxyView } from "./draft-checks.ts";
import { dryRun, type DryRun } from "../files/dry-run.ts";
import { whyUnwritable } from "../files/file-checks.ts";
import { bootstrapOf } from "./dry-run-bootstrap.ts";
import { editWeights } from "./edit-weights.ts";
import { endpointCounts } from "./endpoint-counts.ts";
import { inBatches } from "../files/in-batches.ts";
import { parseRouteText, type RouteText } from "./parse-route-text.ts";
import { whyOutOfStep } from "./proof.ts";
import type { KnownProxy } from "./proxy-book.ts";
import type { FileRule } from "./read-rules.ts";
import type { FileView, RouteView } from "./read-routes.ts";
import { revisionOf } from "../files/config-folder.ts";

export interface PrepareContext extends TargetFiles<RoutingAdmin> {
  /** The proxies that take the route, freshly read. */
  readers: readonly KnownProxy[];
  neverSeen: readonly string[];
  /** All files of the folder, to find others that take the same host. */
  files: readonly FileView[];
  readersOf: (fileName: string) => Promise<string[]>;
}

const DRY_RUN_TIMEOUT_MS = 5_000;
const ASKED_AT_ONCE = 32;

/** Edits the text and gathers every check; writes nothing. Errors: NOT_FOUND, INVALID, UNSUPPORTED. */
export async function prepareWrite(
  found: RouteView,
  draft: SplitDraft,
  context: PrepareContext,
  signal?: AbortSignal,
): Promise<Result<DraftAnswer>> {
  const { route, view } = found;
  const fileRule = found.rules.find((one) => one.rule.id === draft.ruleId);
  if (route.problem !== null || view.parsed === null)
    return err(unsupportedEdit(`${route.config.location}: ${route.problem ?? "It cannot be read."}`));
  if (fileRule === undefined) {
    return err(
      new WeftError("NOT_FOUND", `${route.config.location} has no rule ${plainName(draft.ruleId)}.`, {
        field: "ruleId",
        mend: "Read the route again.",
      }),
    );
  }
  const { rule, split } = fileRule;
  if (split.reason !== null) return err(unsupportedEdit(split.reason));
  const checked = checkWeights(rule.legs, draft.weights);
  if (!checked.ok) return checked;
  const edited = editWeights(view.parsed, { route: fileRule.path, spots: split.spots, weights: draft.weights, marker: draft.marker });
  if (!edited.ok) return edited;
  const after = edited.value;
  const weights = Object.fromEntries(rule.legs.map((leg) => [leg.id, draft.weights[leg.id] ?? 0]));
  const write: PreparedWrite = {
    targetId: context.targetId,
    objectId: route.id,
    marker: draft.marker,
    format: route.config.format,
    location: route.config.location,
    before: view.parsed.text,
    after,
    revisionBefore: route.revision,
    revisionAfter: revisionOf(after),
    expects: { kind: "weights", ruleId: rule.id, weights },
    // Who was never reached may take the route as well: the proof must not pass over it.
    proxies: [...context.readers.map((proxy) => proxy.id), ...context.neverSeen],
  };
  const facts = await gatherFacts(found, fileRule, { write, weights }, context, signal);
  const { format, location, before } = write;
  return ok({
    write,
    route,
    rule,
    diff: diffTexts({ format, location, before, after }),
    checks: checkDraft(facts),
    steps: [replacementStep(write, "these weights in its own configuration dump")],
  });
}

async function gatherFacts(
  found: RouteView,
  fileRule: FileRule,
  { write, weights }: { write: PreparedWrite; weights: Readonly<Record<string, number>> },
  context: PrepareContext,
  signal?: AbortSignal,
): Promise<DraftFacts> {
  const routeName = found.view.parsed?.configs[found.index]?.name ?? "";
  const config = found.view.parsed?.configs[found.index];
  const current = Object.fromEntries(fileRule.split.legs.map((leg) => [leg.cluster, leg.weight]));
  const [views, rivals, unwritable] = await Promise.all([
    inBatches(context.readers, ASKED_AT_ONCE, (proxy) => viewOf(proxy, routeName, fileRule.rule.id, current, context, signal)),
    findRivals(found, context),
    whyUnwritable(context.fs, context.folder, write.location),
  ]);
  return {
    location: write.location,
    rule: fileRule.rule,
    weights,
    validatesClusters: config?.validate_clusters ?? false,
    runtimeKeyPrefix: runtimeKeyOf(found.view.parsed, fileRule),
    views,
    neverSeen: context.neverSeen,
    unwritable,
    rivals,
    dryRun: await tryOut(write.after, found, commonClusters(views), context, signal),
  };
}

async function viewOf(
  proxy: KnownProxy,
  routeName: string,
  ruleId: string,
  weights: Readonly<Record<string, number>>,
  context: PrepareContext,
  signal?: AbortSignal,
): Promise<ProxyView> {
  const silent = { id: proxy.id, endpoints: null, difference: null };
  // It was asked less than a second ago; asking a frozen proxy again only costs another deadline.
  if (proxy.failure !== null) return { ...silent, silence: describeSilence(proxy.failure) };
  const admin = context.admin(proxy.address);
  const [clusters, dump] = await Promise.all([admin.clusters(signal), readDump(admin, routeName, signal)]);
  if (!clusters.ok) return { ...silent, silence: describeSilence(clusters.error) };
  const difference = dump.ok ? whyOutOfStep(dump.value, routeName, ruleId, weights) : null;
  return { id: proxy.id, endpoints: endpointCounts(clusters.value), difference, silence: null };
}

/** Targets that every proxy that answered knows; `null` when none answered. */
function commonClusters(views: readonly ProxyView[]): ReadonlySet<string> | null {
  const [first, ...others] = views.flatMap((view) => (view.endpoints === null ? [] : [view.endpoints]));
  if (first === undefined) return null;
  return new Set([...first.keys()].filter((name) => others.every((known) => known.has(name))));
}

async function tryOut(
  text: string,
  found: RouteView,
  knownClusters: ReadonlySet<string> | null,
  { validateBinary, clock }: PrepareContext,
  signal?: AbortSignal,
): Promise<DryRun | null> {
  if (validateBinary === null) return null;
  const config = parseRouteText(text, found.view.file.format).configs[found.index];
  if (config === undefined) return { outcome: "unknown", reason: "the edited text cannot be read" };
  const bootstrap = bootstrapOf({ config, knownClusters });
  return await dryRun({ binary: validateBinary, bootstrap, timeoutMs: DRY_RUN_TIMEOUT_MS, clock, signal });
}

async function findRivals(found: RouteView, context: PrepareContext): Promise<DraftFacts["rivals"]> {
  const own = domainsOf(found.view.parsed);
  const rivals = context.files.filter(
    (other) => other.file.name !== found.view.file.name && [...domainsOf(other.parsed)].some((domain) => own.has(domain)),
  );
  return await Promise.all(rivals.map(async ({ file }) => ({ location: file.location, proxies: await context.readersOf(file.name) })));
}

/** `*` takes what nothing else takes, so it is nobody's rival. */
function domainsOf(parsed: RouteText | null): Set<string> {
  const hosts = parsed?.configs.flatMap((config) => config.virtual_hosts) ?? [];
  return new Set(hosts.flatMap((host) => host.domains.map((domain) => domain.toLowerCase())).filter((domain) => domain !== "*"));
}

function runtimeKeyOf(parsed: RouteText | null, { path }: FileRule): string | null {
  const [, index, , host, , route] = path;
  const action = parsed?.configs[Number(index)]?.virtual_hosts[Number(host)]?.routes[Number(route)]?.route;
  return action?.weighted_clusters?.runtime_key_prefix ?? null;
}
