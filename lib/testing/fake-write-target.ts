import type { ProxyProof } from "#lib/model/change.ts";
import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { Owner, PlanCheck, PlanDiff, PlanStep } from "#lib/model/routing.ts";
import type { Expectation, PreparedWrite, ProofBaseline, WriteStanding, WriteTarget } from "#lib/ports/write-target.ts";
import { diffTexts } from "#lib/routing/text-diff.ts";

/** What a fake proxy does with a text that it is given. */
export type FakeProxyMode = "takes" | "rejects" | "ignores" | "unreachable";

export type FakeCall = "routes" | "route" | "objects" | "prepare" | "baseline" | "apply" | "restore" | "standing" | "verify";

/** What a test can script of every target in memory. */
export interface ScriptedTarget extends WriteTarget {
  readonly calls: readonly { name: FakeCall; location: string | null }[];
  textOf(objectId: string): string;
  /** Applies to every text that is put in place from now on; `takes` also takes what is there now. */
  setProxy(proxyId: string, mode: FakeProxyMode): void;
  /** The next call of this name answers with the error and does nothing. */
  failNext(name: Exclude<FakeCall, "baseline" | "verify">, error: WeftError): void;
  /** The next `apply` or `restore` does its work and then throws, as a process does that dies before it can say so. */
  crashAfterNext(name: "apply" | "restore"): void;
  /** Replaces the checks of every later draft. */
  setChecks(checks: readonly PlanCheck[]): void;
  /** Runs when a call begins and holds it until the promise resolves. */
  onCall(hook: ((name: FakeCall) => void | Promise<void>) | null): void;
}

/** One object of a fake target: a text whose first line bears the marker of its last write. */
export interface FakeObject {
  location: string;
  text: string;
  proxies: readonly string[];
}

interface HeldObject extends FakeObject {
  owner: Owner;
}

interface FakeProxy {
  mode: FakeProxyMode;
  /** Text in force, by object id. */
  texts: Map<string, string>;
  rejected: number;
}

const WRITTEN_AT = "2026-01-01T00:00:00.000Z";
const HUMAN: Owner = { kind: "human", name: "edited by hand", since: WRITTEN_AT, changeId: null };

/** A marker and lines of text, as every fake object holds them. */
export function markedText(marker: string, lines: readonly string[]): string {
  return [`marker: ${marker}`, ...lines, ""].join("\n");
}

/** The lines of such a text without its marker. */
export function linesOf(text: string): string[] {
  return text.split("\n").slice(1, -1);
}

export function revisionOf(text: string): string {
  return `rev:${text.replaceAll("\n", ";")}`;
}

export function notFound(message: string): WeftError {
  return new WeftError("NOT_FOUND", message, { mend: "Read the routes again." });
}

/** The writing half of a back end in memory with the real rules: proxies take a text or do not, and no foreign text is lost. */
export class InMemoryWriteTarget implements ScriptedTarget {
  readonly id: string;
  readonly calls: { name: FakeCall; location: string | null }[] = [];
  protected readonly objectsById = new Map<string, HeldObject>();
  protected checks: readonly PlanCheck[];
  readonly #proxies = new Map<string, FakeProxy>();
  readonly #failures = new Map<string, WeftError>();
  readonly #crashes = new Set<string>();
  #hook: ((name: FakeCall) => void | Promise<void>) | null = null;

  constructor(id: string, objects: ReadonlyMap<string, FakeObject>, checks: readonly PlanCheck[]) {
    this.id = id;
    this.checks = checks;
    for (const [objectId, object] of objects) {
      this.objectsById.set(objectId, { ...object, owner: HUMAN });
      for (const proxy of object.proxies) {
        const known = this.#proxies.get(proxy) ?? { mode: "takes", texts: new Map<string, string>(), rejected: 0 };
        known.texts.set(objectId, object.text);
        this.#proxies.set(proxy, known);
      }
    }
  }

  textOf(objectId: string): string {
    return this.held(objectId).text;
  }

  setProxy(proxyId: string, mode: FakeProxyMode): void {
    const proxy = this.#proxies.get(proxyId);
    if (proxy === undefined) throw new Error(`no fake proxy ${proxyId}`);
    proxy.mode = mode;
    if (mode === "takes") for (const objectId of proxy.texts.keys()) proxy.texts.set(objectId, this.textOf(objectId));
  }

  failNext(name: string, error: WeftError): void {
    this.#failures.set(name, error);
  }

  crashAfterNext(name: "apply" | "restore"): void {
    this.#crashes.add(name);
  }

  setChecks(checks: readonly PlanCheck[]): void {
    this.checks = checks;
  }

  onCall(hook: ((name: FakeCall) => void | Promise<void>) | null): void {
    this.#hook = hook;
  }

  async baseline(write: PreparedWrite): Promise<ProofBaseline> {
    await this.begin("baseline", write.objectId);
    return Object.fromEntries(
      write.proxies.map((id) => {
        const proxy = this.#proxies.get(id);
        return [id, proxy === undefined || proxy.mode === "unreachable" ? null : { rejected: proxy.rejected, failed: 0, startedAtMs: 0 }];
      }),
    );
  }

  async apply(write: PreparedWrite): Promise<Result<void>> {
    const owner: Owner = { kind: "weft", name: "Weft", since: WRITTEN_AT, changeId: write.marker };
    return await this.#replace("apply", write, write.before, write.after, owner);
  }

  async restore(write: PreparedWrite): Promise<Result<void>> {
    return await this.#replace("restore", write, write.after, write.before, HUMAN);
  }

  async standing(write: PreparedWrite): Promise<Result<WriteStanding>> {
    const failure = await this.begin("standing", write.objectId);
    if (failure !== null) return err(failure);
    const text = this.textOf(write.objectId);
    if (text === write.after) return ok({ at: "after" });
    if (text === write.before) return ok({ at: "before" });
    const diff = diffTexts({ format: write.format, location: write.location, before: write.before, after: text });
    return ok({ at: "foreign", revision: revisionOf(text), modifiedAtMs: Date.parse(WRITTEN_AT), diff });
  }

  async verify(write: PreparedWrite, baseline: ProofBaseline): Promise<ProxyProof[]> {
    await this.begin("verify", write.objectId);
    return write.proxies.map((id) => {
      const proxy = this.#proxies.get(id);
      if (proxy === undefined || proxy.mode === "unreachable") {
        return { id, state: "unreachable", revision: null, observedAt: null, reason: `${id} does not answer.` };
      }
      const text = proxy.texts.get(write.objectId) ?? "";
      const answer = { id, revision: /^marker: (.*)$/m.exec(text)?.[1] ?? null, observedAt: WRITTEN_AT };
      if (text === write.after) return { ...answer, state: "live", reason: null };
      const isRejected = proxy.rejected > (baseline[id]?.rejected ?? proxy.rejected);
      if (isRejected) return { ...answer, state: "rejected", reason: `${id} refused the text.` };
      return { ...answer, state: "pending", reason: `${id} still has the old text.` };
    });
  }

  /** Notes a call and holds it by the hook; the error that was scripted for it, once. */
  protected async begin(name: FakeCall, location: string | null): Promise<WeftError | null> {
    this.calls.push({ name, location });
    await this.#hook?.(name);
    const failure = this.#failures.get(name) ?? null;
    this.#failures.delete(name);
    return failure;
  }

  protected held(objectId: string): HeldObject {
    const object = this.objectsById.get(objectId);
    if (object === undefined) throw new Error(`no fake object ${objectId}`);
    return object;
  }

  /** Somebody else writes. */
  protected writeByHand(objectId: string, text: string): void {
    this.#put(objectId, text, HUMAN);
  }

  /** What every draft answers besides its kind. */
  protected draft(
    objectId: string,
    marker: string,
    after: string,
    expects: Expectation,
  ): { write: PreparedWrite; diff: PlanDiff; checks: PlanCheck[]; steps: PlanStep[] } {
    const { location, text: before, proxies } = this.held(objectId);
    const revisions = { revisionBefore: revisionOf(before), revisionAfter: revisionOf(after) };
    const write: PreparedWrite = {
      targetId: this.id,
      objectId,
      marker,
      format: "text",
      location,
      before,
      after,
      ...revisions,
      expects,
      proxies,
    };
    const steps = [
      {
        precondition: "The text is as it was read.",
        forward: "Write the new text.",
        inverse: "Write the old text.",
        proof: "Every proxy tells the marker.",
      },
    ];
    return { write, diff: diffTexts({ format: "text", location, before, after }), checks: [...this.checks], steps };
  }

  protected sourced<T>(value: T): Sourced<T> {
    return {
      value,
      provenance: [{ source: this.id, kind: "fake", query: "memory", observedAt: WRITTEN_AT }],
      notices: [],
      coverage: "complete",
    };
  }

  async #replace(name: "apply" | "restore", write: PreparedWrite, expected: string, next: string, owner: Owner): Promise<Result<void>> {
    const failure = await this.begin(name, write.objectId);
    if (failure !== null) return err(failure);
    if (this.textOf(write.objectId) !== expected) {
      return err(
        new WeftError("CONFLICT", `${write.location} was changed by someone else.`, {
          sourceId: this.id,
          mend: "Read the route and plan again.",
        }),
      );
    }
    this.#put(write.objectId, next, owner);
    if (this.#crashes.delete(name)) throw new Error(`scripted crash after ${name}`);
    return ok(undefined);
  }

  #put(objectId: string, text: string, owner: Owner): void {
    const object = this.held(objectId);
    this.objectsById.set(objectId, { ...object, text, owner });
    for (const id of object.proxies) {
      const proxy = this.#proxies.get(id);
      if (proxy?.mode === "takes") proxy.texts.set(objectId, text);
      if (proxy?.mode === "rejects" && proxy.texts.get(objectId) !== text) proxy.rejected += 1;
    }
  }
}
