import type { RoutingAdmin } from "./routing-admin.ts";
import type { ProxyProof } from "#lib/model/change.ts";
import { WeftError } from "#lib/model/errors.ts";
import type { Clock } from "#lib/ports/time.ts";
import type { PreparedWrite, ProofBaseline } from "#lib/ports/write-target.ts";

import { join } from "node:path";

import { readBaseline } from "../files/refusal-counts.ts";
import { unreachableProof } from "../files/silence.ts";
import { askForProof, refusalsOf } from "./ask-proxies.ts";
import { dryRun } from "../files/dry-run.ts";
import { bootstrapOf } from "./dry-run-bootstrap.ts";
import { inBatches } from "../files/in-batches.ts";
import { parseRouteText, type RouteText } from "./parse-route-text.ts";
import { formatOf } from "../files/parse-document.ts";
import type { Expected } from "./proof.ts";
import type { ProxyBook } from "./proxy-book.ts";
import { fileNameOf } from "./read-routes.ts";
import { readConfigFile, type FileSystem } from "../files/config-folder.ts";
import { subscriptionsTo } from "./subscriptions.ts";

interface ProverOptions {
  sourceId: string;
  folder: string;
  fs: FileSystem;
  clock: Clock;
  book: ProxyBook;
  /** A client with short deadlines: a frozen proxy must not hold up the proof of the others. */
  admin: (address: string) => RoutingAdmin;
  validateBinary: string | null;
}

const ASKED_AT_ONCE = 64;
const HINT_TIMEOUT_MS = 1_000;

/** Asks the affected proxies what they have, before a write and after it. */
export class Prover {
  readonly #options: ProverOptions;
  readonly #hints = new Map<string, Promise<string | null>>();
  #lastParsed: { revision: string; parsed: RouteText } | null = null;

  constructor(options: ProverOptions) {
    this.#options = options;
  }

  async baseline(write: PreparedWrite, signal?: AbortSignal): Promise<ProofBaseline> {
    const { book, admin } = this.#options;
    const addresses = await book.addresses();
    const filter = refusalsOf(this.#routeNameOf(write));
    const entries = await inBatches(write.proxies, ASKED_AT_ONCE, async (id) => {
      const address = addresses.get(id);
      return [id, address === undefined ? null : await readBaseline(admin(address), filter, signal)] as const;
    });
    return Object.fromEntries(entries);
  }

  async verify(write: PreparedWrite, baseline: ProofBaseline, signal?: AbortSignal): Promise<ProxyProof[]> {
    const { book, admin, clock, fs } = this.#options;
    const addresses = await book.addresses();
    const writtenAtMs = write.proxies.some((id) => (baseline[id] ?? null) === null) ? await this.#writtenAt(write) : null;
    book.learnUnknown();
    const proofs = await inBatches(write.proxies, ASKED_AT_ONCE, async (id): Promise<ProxyProof | null> => {
      const address = addresses.get(id);
      if (address === undefined) return unreachableProof(id, "It is no longer in the directory of proxies.");
      const known = baseline[id] ?? null;
      const subscriptions = await book.subscriptionsOf(id);
      if (subscriptions === null) return unreachableProof(id, "It was never reached so far, so whether it takes this route is not known.");
      const isReader = (await subscriptionsTo(this.#fileOf(write), subscriptions, fs)).length > 0;
      // Planned for because nobody had reached it then; it has told since that this route is not its own.
      if (known === null && !isReader) return null;
      const expected = await this.#expected(id, write);
      return await askForProof({ id, admin: admin(address), expected, baseline: known, writtenAtMs, clock }, signal);
    });
    return await this.#withHint(
      proofs.filter((proof) => proof !== null),
      write,
    );
  }

  #fileOf(write: PreparedWrite): string {
    return join(this.#options.folder, fileNameOf(this.#options.sourceId, write.objectId) ?? "");
  }

  async #expected(id: string, write: PreparedWrite): Promise<Expected> {
    const { book, fs } = this.#options;
    const routeName = this.#routeNameOf(write);
    const subscriptions = await subscriptionsTo(this.#fileOf(write), (await book.subscriptionsOf(id)) ?? [], fs);
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
    const parsed = parseRouteText(text, formatOf(fileNameOf(this.#options.sourceId, write.objectId) ?? "") ?? "yaml");
    this.#lastParsed = { revision, parsed };
    return parsed;
  }

  /** A proxy tells its reason only to its own log; where an Envoy is at hand, it is asked the same question once. */
  async #withHint(proofs: ProxyProof[], write: PreparedWrite): Promise<ProxyProof[]> {
    if (!proofs.some((proof) => proof.state === "rejected")) return proofs;
    const hint = await this.#hint(write);
    if (hint === null) return proofs;
    return proofs.map((proof) =>
      proof.state === "rejected" ? { ...proof, reason: `${proof.reason ?? ""} A dry run says: ${hint}` } : proof,
    );
  }

  #hint(write: PreparedWrite): Promise<string | null> {
    const known = this.#hints.get(write.marker);
    if (known !== undefined) return known;
    const asked = this.#askForHint(write);
    this.#hints.clear();
    this.#hints.set(write.marker, asked);
    return asked;
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

  async #writtenAt(write: PreparedWrite): Promise<number | null> {
    const { fs, folder, sourceId } = this.#options;
    const name = fileNameOf(sourceId, write.objectId);
    const file = name === null ? null : await readConfigFile(fs, folder, name);
    return file?.revision === write.revisionAfter ? file.modifiedAtMs : null;
  }
}

/** What a write of this target asks for. Another kind of write has no business here. */
function askedWeights({ marker, expects }: PreparedWrite): Expected["write"] {
  if (expects.kind !== "weights") throw new WeftError("INTERNAL", "A write that moves no weights was given to the route files.");
  return { marker, ruleId: expects.ruleId, weights: expects.weights };
}
