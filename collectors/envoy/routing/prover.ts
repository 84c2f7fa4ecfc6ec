import type { ProxyProof } from "#lib/model/change.ts";
import { WeftError } from "#lib/model/errors.ts";
import type { PreparedWrite, ProofBaseline } from "#lib/ports/write-target.ts";

import { dryRun } from "../files/dry-run.ts";
import { Hints } from "../files/hints.ts";
import { formatOf } from "../files/parse-document.ts";
import { baselineOfEach, pathIn, proveEach, writtenAt } from "../files/prove-each.ts";
import type { TargetFiles } from "../files/target-files.ts";
import { askForProof, refusalsOf } from "./ask-proxies.ts";
import { bootstrapOf } from "./dry-run-bootstrap.ts";
import { parseRouteText, type RouteText } from "./parse-route-text.ts";
import type { Expected } from "./proof.ts";
import type { ProxyBook } from "./proxy-book.ts";
import { fileNameOf } from "./read-routes.ts";
import type { RoutingAdmin } from "./routing-admin.ts";
import { subscriptionsTo, type Subscription } from "./subscriptions.ts";

interface ProverOptions extends TargetFiles<RoutingAdmin> {
  book: ProxyBook;
}

const HINT_TIMEOUT_MS = 1_000;

/** Asks the affected proxies what they have, before a write and after it. */
export class Prover {
  readonly #options: ProverOptions;
  readonly #hints = new Hints((write) => this.#askForHint(write));
  #lastParsed: { revision: string; parsed: RouteText } | null = null;

  constructor(options: ProverOptions) {
    this.#options = options;
  }

  async baseline(write: PreparedWrite, signal?: AbortSignal): Promise<ProofBaseline> {
    const { book, admin } = this.#options;
    return await baselineOfEach(write, book, admin, refusalsOf(this.#routeNameOf(write)), signal);
  }

  async verify(write: PreparedWrite, baseline: ProofBaseline, signal?: AbortSignal): Promise<ProxyProof[]> {
    const { book, admin, clock, fs, folder, targetId } = this.#options;
    const name = fileNameOf(targetId, write.objectId);
    const file = pathIn(folder, name);
    const proofs = await proveEach({
      write,
      baseline,
      book,
      thing: "route",
      admin,
      isReader: async (told) => (await subscriptionsTo(file, told, fs)).length > 0,
      writtenAt: () => writtenAt(fs, folder, name, write),
      ask: async ({ told, ...question }) => {
        const expected = this.#expected(await subscriptionsTo(file, told, fs), write);
        return await askForProof({ ...question, expected, clock }, signal);
      },
    });
    return await this.#hints.addTo(proofs, write);
  }

  #expected(subscriptions: readonly Subscription[], write: PreparedWrite): Expected {
    const routeName = this.#routeNameOf(write);
    return {
      routeName,
      entries: Math.max(1, subscriptions.filter((one) => one.routeName === routeName).length),
      write: askedWeights(write),
    };
  }

  /** The name under which proxies know the route: from the new text, or from the old one when the new one cannot be read. */
  #routeNameOf(write: PreparedWrite): string {
    const after = this.#parsed(write.after, write.revisionAfter, write).configs[0];
    return (after ?? this.#parsed(write.before, write.revisionBefore, write).configs[0])?.name ?? "";
  }

  #parsed(text: string, revision: string, write: PreparedWrite): RouteText {
    if (this.#lastParsed?.revision === revision) return this.#lastParsed.parsed;
    const parsed = parseRouteText(text, formatOf(fileNameOf(this.#options.targetId, write.objectId) ?? "") ?? "yaml");
    this.#lastParsed = { revision, parsed };
    return parsed;
  }

  async #askForHint(write: PreparedWrite): Promise<string | null> {
    const { validateBinary, clock, book } = this.#options;
    const parsed = this.#parsed(write.after, write.revisionAfter, write);
    const [config] = parsed.configs;
    if (config === undefined) return parsed.problem;
    if (validateBinary === null) return null;
    const bootstrap = bootstrapOf({ config, knownClusters: book.knownClusters() });
    const run = await dryRun({ binary: validateBinary, bootstrap, timeoutMs: HINT_TIMEOUT_MS, clock });
    return run.outcome === "refused" ? run.text : null;
  }
}

/** What a write of this target asks for. Another kind of write has no business here. */
function askedWeights({ marker, expects }: PreparedWrite): Expected["write"] {
  if (expects.kind !== "weights") throw new WeftError("INTERNAL", "A write that moves no weights was given to the route files.");
  return { marker, ruleId: expects.ruleId, weights: expects.weights };
}
