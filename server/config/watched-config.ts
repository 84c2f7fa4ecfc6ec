import { watch, type FSWatcher } from "node:fs";
import { realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { WeftError } from "#lib/model/errors.ts";
import type { SourceStatus } from "#lib/model/source.ts";
import type { Clock, ScheduledTask, Scheduler } from "#lib/ports/time.ts";

import { checkConfigText, mistakeText, parseConfigFile, readConfigText, refusalOf, type FileOptions } from "./config-file.ts";
import type { Mistake } from "./file-mistakes.ts";
import { fileMistakes, namedFiles, type FileMistake, type NamedFile } from "./named-files.ts";

/** A file is taken once it reads the same twice at this distance: editors write in steps. */
const SETTLE_MS = 100;
/** For file systems that tell of no changes, such as those of other machines. */
const POLL_MS = 5_000;
const MOST_FINDINGS = 20;

type Finding = SourceStatus["findings"][number];

export interface WatchedConfigParts {
  clock: Clock;
  scheduler: Scheduler;
  /** Takes what a changed file says. A WeftError that it throws means that nothing was changed. */
  apply(options: FileOptions): Promise<void>;
  /** Told in one line what became of a changed file; `isBad` = the old configuration stays. */
  report(text: string, isBad: boolean): void;
}

interface Trouble {
  error: string;
  mend: string;
  findings: Finding[];
}

/**
 * `weft.yaml` while Weft runs. Changes in place and by renaming are taken, a file that cannot be used leaves everything as it was
 * and is named on the Sources page. What only the start reads (the mesh's name) is named there, too, when it changes, and so are
 * files of tokens and passwords that the configuration names and that are not there: they may still come.
 */
export class WatchedConfig {
  readonly #path: string;
  readonly #meshName: string | undefined;
  readonly #watchers: FSWatcher[] = [];
  #parts: WatchedConfigParts | null = null;
  /** Text that was taken or refused last; `null` = it could not be read. */
  #seen: string | null;
  /** What is taken if it is still so at the next look; `null` = the file is gone, perhaps on its way back. */
  #fresh: string | null | undefined;
  #trouble: Trouble | null = null;
  #isRenamed = false;
  /** Files that are named by what holds. */
  #named: readonly NamedFile[];
  /** Those among them that are read again and again, and cannot be. */
  #absent: readonly FileMistake[] = [];
  /** Its sources could not be made: a file that it names may be mended without a change here, so that it is tried again. */
  #isUnmade = false;
  #takenMs: number | null = null;
  #sinceMs: number | null = null;
  #next: ScheduledTask | null = null;
  #looking: Promise<void> = Promise.resolve();

  private constructor(path: string, text: string, { meshName }: FileOptions) {
    this.#path = resolve(path);
    this.#seen = text;
    this.#meshName = meshName;
    this.#named = namedFiles(text, this.#path);
  }

  /**
   * Reads the file for the start. Throws INVALID as `readConfigFile` does, and for certificates and keys that it names and that
   * cannot be read: their sources could not be opened.
   */
  static async open(path: string): Promise<{ file: WatchedConfig; options: FileOptions }> {
    const text = await readConfigText(path);
    const options = parseConfigFile(text, path);
    const needed = namedFiles(text, path).filter(({ isReadAgain }) => !isReadAgain);
    const mistakes = await fileMistakes(needed);
    if (mistakes.length > 0) throw refusalOf(mistakes, path);
    return { file: new WatchedConfig(path, text, options), options };
  }

  /** From now on changes are taken; one that came since the file was opened is taken first. */
  async start(parts: WatchedConfigParts): Promise<void> {
    this.#parts = parts;
    this.#takenMs = parts.clock.nowMs();
    this.#sinceMs = this.#takenMs;
    // The folder, since a file that is replaced by renaming takes its own watch with it; and where a link leads.
    const real = await realpath(this.#path).catch(() => this.#path);
    for (const folder of new Set([dirname(this.#path), dirname(real)])) this.#watch(folder);
    await this.#lookForFiles();
    this.#lookAfter(0);
  }

  async stop(): Promise<void> {
    this.#parts = null;
    this.#next?.cancel();
    for (const watcher of this.#watchers.splice(0)) watcher.close();
    await this.#looking;
  }

  status(): SourceStatus {
    const restart: Finding = {
      subject: "mesh",
      text: "The mesh has another name in the file than the one that Weft was started with.",
      mend: "Start Weft anew to use it.",
    };
    const [absent] = this.#absent;
    const absence = absent === undefined ? null : { error: `${mistakeText(absent)}.`, mend: absent.mend };
    return {
      id: "weft.yaml",
      kind: "configuration",
      state: this.#isGood ? "healthy" : "degraded",
      since: iso(this.#sinceMs),
      address: this.#path,
      gives: ["which stores of metrics and of traces are read"],
      dims: [],
      newestData: this.#takenMs === null ? null : iso(this.#takenMs),
      answeredInMs: null,
      coverage: { n: 1, of: 1 },
      lastError: (this.#trouble ?? absence)?.error ?? null,
      mend: (this.#trouble ?? absence)?.mend ?? null,
      findings: [...(this.#trouble?.findings ?? []), ...this.#absent.map(findingOf), ...(this.#isRenamed ? [restart] : [])],
    };
  }

  get #isGood(): boolean {
    return this.#trouble === null && this.#absent.length === 0;
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#lookAfter(SETTLE_MS));
      // Without it the file is still read again and again.
      watcher.on("error", () => watcher.close());
      this.#watchers.push(watcher);
    } catch {
      // As above: the machine may have no watches left.
    }
  }

  #lookAfter(delayMs: number): void {
    if (this.#parts === null) return;
    this.#next?.cancel();
    this.#next = this.#parts.scheduler.after(delayMs, () => {
      this.#looking = this.#looking.then(() => this.#look());
    });
  }

  async #look(): Promise<void> {
    const text = await readConfigText(this.#path).catch(() => null);
    if (this.#parts === null) return;
    if (text === this.#seen && !this.#isUnmade) {
      this.#fresh = undefined;
      await this.#lookForFiles();
      return this.#lookAfter(POLL_MS);
    }
    if (text !== this.#seen && (this.#fresh === undefined || text !== this.#fresh)) {
      this.#fresh = text;
      return this.#lookAfter(SETTLE_MS);
    }
    this.#seen = text;
    this.#fresh = undefined;
    await this.#take(text);
    this.#lookAfter(POLL_MS);
  }

  async #take(text: string | null): Promise<void> {
    this.#isUnmade = false;
    if (text === null) {
      const finding = { subject: this.#path, text: "The file cannot be read.", mend: "Put it back, or let Weft's user read it." };
      return this.#refuse({ error: finding.text, mend: finding.mend, findings: [finding] });
    }
    const checked = checkConfigText(text, this.#path);
    if (!checked.ok) return this.#refuse(troubleOf(checked.mistakes));
    const named = namedFiles(text, this.#path);
    const mistakes = await fileMistakes(named);
    // What was named before keeps nothing else from being taken: a token may be on its way, a certificate was read long ago.
    const held = new Set(this.#named.map(({ path }) => path));
    const fresh = mistakes.filter(({ file }) => !held.has(file.path));
    if (fresh.length > 0) {
      this.#isUnmade = true;
      return this.#refuse(troubleOf(fresh));
    }
    try {
      await this.#parts?.apply(checked.options);
    } catch (error) {
      if (!(error instanceof WeftError)) throw error;
      this.#isUnmade = true;
      const needed = mistakes.filter(({ file }) => !file.isReadAgain);
      if (needed.length > 0) return this.#refuse(troubleOf(needed));
      const finding = { subject: error.field ?? this.#path, text: error.message, mend: error.mend ?? "Correct this entry." };
      return this.#refuse({ error: error.message, mend: error.mend ?? "", findings: [finding] });
    }
    const { metricsSources = [], traceSources = [], meshName } = checked.options;
    this.#isRenamed = meshName !== this.#meshName;
    this.#takenMs = this.#parts?.clock.nowMs() ?? this.#takenMs;
    this.#named = named;
    this.#enter(null);
    this.#parts?.report(`${this.#path} is read anew: ${metricsSources.length} of metrics, ${traceSources.length} of traces`, false);
    await this.#lookForFiles();
  }

  /** Looks whether files that are read again and again are there; those that are newly missed are reported. */
  async #lookForFiles(): Promise<void> {
    const absent = await fileMistakes(this.#named.filter(({ isReadAgain }) => isReadAgain));
    const known = new Set(this.#absent.map(mistakeText));
    this.#change(() => (this.#absent = absent));
    for (const mistake of absent) {
      const text = mistakeText(mistake);
      if (!known.has(text)) this.#parts?.report(`${this.#path}, ${text}; its source does not answer until it is there`, true);
    }
  }

  #refuse(trouble: Trouble): void {
    const told = { ...trouble, error: `${trouble.error} What the file said before still holds.` };
    const isKnown = this.#trouble?.error === told.error;
    this.#enter(told);
    if (isKnown) return;
    const more = trouble.findings.length > 1 ? ` (and ${trouble.findings.length - 1} more)` : "";
    this.#parts?.report(`${this.#path} cannot be used, and what it said before still holds: ${trouble.error}${more}`, true);
  }

  #enter(trouble: Trouble | null): void {
    this.#change(() => (this.#trouble = trouble));
  }

  #change(change: () => void): void {
    const wasGood = this.#isGood;
    change();
    if (wasGood !== this.#isGood) this.#sinceMs = this.#parts?.clock.nowMs() ?? this.#sinceMs;
  }
}

function findingOf(mistake: Mistake): Finding {
  return { subject: `line ${mistake.line}`, text: `${mistakeText(mistake)}.`, mend: mistake.mend };
}

function troubleOf(mistakes: readonly Mistake[]): Trouble {
  const findings = mistakes.map(findingOf);
  const [first] = findings;
  return { error: first?.text ?? "", mend: first?.mend ?? "", findings: findings.slice(0, MOST_FINDINGS) };
}

function iso(ms: number | null): string {
  return new Date(ms ?? 0).toISOString();
}
