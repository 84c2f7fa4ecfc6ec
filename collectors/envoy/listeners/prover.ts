import type { ProxyProof } from "#lib/model/change.ts";
import { WeftError } from "#lib/model/errors.ts";
import type { PreparedWrite, ProofBaseline } from "#lib/ports/write-target.ts";

import { dryRun } from "../files/dry-run.ts";
import { Hints } from "../files/hints.ts";
import { formatOf } from "../files/parse-document.ts";
import { baselineOfEach, pathIn, proveEach, writtenAt } from "../files/prove-each.ts";
import type { ProxyReadings } from "../files/proxy-readings.ts";
import type { TargetFiles } from "../files/target-files.ts";
import { askForProof, REFUSALS } from "./ask-listener.ts";
import { aboutCandidate, bootstrapOf } from "./dry-run-bootstrap.ts";
import type { ListenerAdmin } from "./listener-admin.ts";
import { readsFile } from "./listener-book.ts";
import type { Told } from "./memory.ts";
import { fileNameOf } from "./object-ids.ts";
import { parseListenerText } from "./parse-listener-text.ts";
import type { Expected } from "./proof.ts";

interface ProverOptions extends TargetFiles<ListenerAdmin> {
  book: ProxyReadings<Told>;
}

const HINT_TIMEOUT_MS = 1_000;

/** Asks the affected proxies what they have, before a write and after it. */
export class Prover {
  readonly #options: ProverOptions;
  readonly #hints = new Hints((write) => this.#askForHint(write));

  constructor(options: ProverOptions) {
    this.#options = options;
  }

  async baseline(write: PreparedWrite, signal?: AbortSignal): Promise<ProofBaseline> {
    const { book, admin } = this.#options;
    return await baselineOfEach(write, book, admin, REFUSALS, signal);
  }

  async verify(write: PreparedWrite, baseline: ProofBaseline, signal?: AbortSignal): Promise<ProxyProof[]> {
    const { book, admin, clock, fs, folder, targetId } = this.#options;
    const name = fileNameOf(targetId, write.objectId);
    const expected = askedDemand(write);
    const proofs = await proveEach({
      write,
      baseline,
      book,
      thing: "listener",
      admin,
      isReader: (told) => readsFile(told, pathIn(folder, name), fs),
      writtenAt: () => writtenAt(fs, folder, name, write),
      ask: (question) => askForProof({ ...question, expected, clock }, signal),
    });
    return await this.#hints.addTo(proofs, write);
  }

  async #askForHint(write: PreparedWrite): Promise<string | null> {
    const { validateBinary, clock, targetId } = this.#options;
    const parsed = parseListenerText(write.after, formatOf(fileNameOf(targetId, write.objectId) ?? "") ?? "yaml");
    const candidate = parsed.listeners.find((one) => one.name === askedDemand(write).listener);
    if (candidate === undefined || parsed.problem !== null) return parsed.problem;
    if (validateBinary === null) return null;
    const bootstrap = bootstrapOf(candidate);
    const run = aboutCandidate(await dryRun({ binary: validateBinary, bootstrap, timeoutMs: HINT_TIMEOUT_MS, clock }));
    return run.outcome === "refused" ? run.text : null;
  }
}

/** What a write of this target asks for. Another kind of write has no business here. */
function askedDemand({ marker, expects }: PreparedWrite): Expected {
  if (expects.kind !== "demand") throw new WeftError("INTERNAL", "A write that changes no demand was given to the listener files.");
  return { listener: expects.listener, demand: expects.demand, leaving: expects.leaving, marker };
}
