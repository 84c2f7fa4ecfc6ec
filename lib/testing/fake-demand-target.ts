import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { PlanCheck } from "#lib/model/routing.ts";
import { ServerDemand } from "#lib/model/tls.ts";
import type { DemandAnswer, DemandDraft, DemandObject, DemandTarget } from "#lib/ports/demand-target.ts";

import { InMemoryWriteTarget, linesOf, markedText, notFound, revisionOf, type ScriptedTarget } from "./fake-write-target.ts";

export interface FakeDemandOptions {
  /** Default `permissive`. */
  demand?: ServerDemand;
  proxies?: readonly string[];
  /** Node id; default `shop/<name>`. */
  workload?: string;
  problem?: string | null;
}

/** Demands in memory with the real rules: one text per workload, in which taking plaintext stands or does not. */
export interface FakeDemandTarget extends DemandTarget, ScriptedTarget {
  /** Somebody else writes: the object gets another demand and no marker. */
  writeAsSomebodyElse(objectId: string, demand: ServerDemand): void;
}

const CHECKS: readonly PlanCheck[] = [{ code: "text", level: "pass", text: "Only the way in for plaintext is taken away.", mend: null }];

/** Options: `objects` by name; default one `ledger` that is permissive, with the proxies `ledger-1` and `ledger-2`. */
export function createFakeDemandTarget(
  options: { id?: string; objects?: Readonly<Record<string, FakeDemandOptions>> } = {},
): FakeDemandTarget {
  return new InMemoryDemandTarget(options.id ?? "demands", options.objects ?? { ledger: {} });
}

class InMemoryDemandTarget extends InMemoryWriteTarget implements FakeDemandTarget {
  readonly #known = new Map<string, { workload: string; problem: string | null }>();

  constructor(id: string, objects: Readonly<Record<string, FakeDemandOptions>>) {
    const held = Object.entries(objects).map(([name, { demand = "permissive", proxies = [`${name}-1`, `${name}-2`] }]) => {
      return [`${id}:${name}`, { location: `demands/${name}`, text: textOf("none", demand), proxies }] as const;
    });
    super(id, new Map(held), CHECKS);
    for (const [name, { workload = `shop/${name}`, problem = null }] of Object.entries(objects))
      this.#known.set(`${id}:${name}`, { workload, problem });
  }

  writeAsSomebodyElse(objectId: string, demand: ServerDemand): void {
    this.writeByHand(objectId, textOf("by-hand", demand));
  }

  async objects(): Promise<Result<Sourced<DemandObject[]>>> {
    const failure = await this.begin("objects", null);
    if (failure !== null) return err(failure);
    return ok(this.sourced([...this.#known.keys()].flatMap((id) => this.#view(id) ?? [])));
  }

  async prepare(draft: DemandDraft): Promise<Result<DemandAnswer>> {
    const failure = await this.begin("prepare", draft.objectId);
    if (failure !== null) return err(failure);
    const object = this.#view(draft.objectId);
    if (object === null) return err(notFound(`There is no object ${draft.objectId}.`));
    if (object.problem !== null) return err(new WeftError("UNSUPPORTED", object.problem, { mend: "Edit it by hand." }));
    const isStrict = "demand" in draft.want;
    if (isStrict && object.demand === "strict") {
      return err(new WeftError("INVALID", "It is strict already.", { field: "demand", mend: "Nothing is left to do." }));
    }
    const after = "restore" in draft.want ? demandOf(draft.want.restore) : "strict";
    const leaving = after === "strict" ? ["plain"] : [];
    const expects = { kind: "demand" as const, listener: "inbound", demand: after, leaving };
    return ok({ ...this.draft(object.id, draft.marker, textOf(draft.marker, after), expects), object, after });
  }

  #view(objectId: string): DemandObject | null {
    const known = this.#known.get(objectId);
    if (known === undefined) return null;
    const { text, location, owner, proxies } = this.held(objectId);
    return { id: objectId, demand: demandOf(text), location, revision: revisionOf(text), owner, proxies: [...proxies], ...known };
  }
}

function textOf(marker: string, demand: ServerDemand): string {
  return markedText(marker, ["mutual", `demand: ${demand}`]);
}

function demandOf(text: string): ServerDemand {
  return ServerDemand.parse(linesOf(text)[1]?.slice("demand: ".length));
}
