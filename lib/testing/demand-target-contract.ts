import { describe, expect, it } from "vitest";

import type { Result } from "#lib/model/errors.ts";
import { PlanCheck, PlanStep } from "#lib/model/routing.ts";
import type { DemandAnswer, DemandDraft, DemandObject, DemandTarget } from "#lib/ports/demand-target.ts";

import { errorOf, valueOf } from "./results.ts";
import { describeWriting, type WriteHarness } from "./write-target-contract.ts";

/** What a collector must bring so that the suite can try its target: one workload that lets plaintext in, and its proxies. */
export interface DemandTargetHarness extends WriteHarness {
  target: DemandTarget;
  /** Permissive when the harness is created. */
  objectId: string;
  /** Node id of the workload. */
  workload: string;
}

/** What every `DemandTarget` guarantees. `create` is called anew for each test. */
export function describeDemandTarget(name: string, create: () => Promise<DemandTargetHarness>): void {
  describe(`${name} as a DemandTarget`, () => {
    /** The text as each harness found it: what a draft restores where the object is strict already. */
    const found = new WeakMap<DemandTargetHarness, string>();

    const suite = describeWriting(
      async () => {
        const harness = await create();
        found.set(harness, await harness.text());
        return harness;
      },
      async (of, marker) => {
        const isStrict = (await objectOf(of)).demand === "strict";
        return prepare(of, marker, isStrict ? { restore: found.get(of) ?? "" } : { demand: "strict" });
      },
      async (of) => (await objectOf(of)).owner.kind,
    );

    async function objectOf(of: DemandTargetHarness): Promise<DemandObject> {
      const object = valueOf(await of.target.objects()).value.find((one) => one.id === of.objectId);
      if (object === undefined) throw new Error(`the target does not list ${of.objectId}`);
      return object;
    }

    function draft(of: DemandTargetHarness, marker: string, want: DemandDraft["want"]): Promise<Result<DemandAnswer>> {
      return of.target.prepare({ objectId: of.objectId, want, marker });
    }

    async function prepare(of: DemandTargetHarness, marker: string, want: DemandDraft["want"]): Promise<DemandAnswer> {
      return valueOf(await draft(of, marker, want));
    }

    it("lists the object with its demand, its proxies and its evidence", async () => {
      const harness = suite.harness();
      const answer = valueOf(await harness.target.objects());
      expect(answer.provenance.length).toBeGreaterThan(0);
      const object = await objectOf(harness);
      expect(object).toMatchObject({ workload: harness.workload, demand: "permissive", problem: null });
      expect(object.proxies.length).toBeGreaterThan(0);
      expect([object.location, object.revision].every((text) => text !== "")).toBe(true);
      expect(JSON.parse(JSON.stringify(object))).toEqual(object);
    });

    it("prepares a strict text, with what it expects of the proxies, checks and steps", async () => {
      const harness = suite.harness();
      const { write, object, after, checks, steps } = await prepare(harness, "weft-strict", { demand: "strict" });
      expect(after).toBe("strict");
      expect(object).toMatchObject({ id: harness.objectId, demand: "permissive" });
      expect(write).toMatchObject({ objectId: harness.objectId, expects: { kind: "demand", demand: "strict" } });
      // What goes away must be named, or nothing could prove that it is gone.
      expect(write.expects.kind === "demand" ? write.expects.leaving.length : 0).toBeGreaterThan(0);
      expect([...write.proxies].toSorted()).toEqual([...object.proxies].toSorted());
      expect(write.revisionBefore).toBe(object.revision);
      expect(PlanStep.array().parse(steps).length).toBeGreaterThan(0);
      expect(
        PlanCheck.array()
          .parse(checks)
          .filter((check) => check.level === "fail"),
      ).toEqual([]);
    });

    it("does not know an object that is not there", async () => {
      const { target } = suite.harness();
      const error = errorOf(await target.prepare({ objectId: "no such object", want: { demand: "strict" }, marker: "m" }));
      expect(error.code).toBe("NOT_FOUND");
    });

    it("is strict once it was written, by its revision, and is not made strict twice", async () => {
      const harness = suite.harness();
      const { write } = await prepare(harness, "weft-strict", { demand: "strict" });
      await suite.liveEverywhere(write);
      expect(await objectOf(harness)).toMatchObject({ demand: "strict", revision: write.revisionAfter });
      const error = errorOf(await draft(harness, "weft-again", { demand: "strict" }));
      expect(error.code).toBe("INVALID");
      expect(error.message).toMatch(/\S/);
    });

    it("brings an earlier text back under a marker of its own", async () => {
      const harness = suite.harness();
      const strict = await prepare(harness, "weft-strict", { demand: "strict" });
      await suite.liveEverywhere(strict.write);
      const back = await prepare(harness, "weft-back", { restore: strict.write.before });
      expect(back).toMatchObject({ after: "permissive", write: { before: strict.write.after, expects: { demand: "permissive" } } });
      expect(back.write.after).toContain("weft-back");
      await suite.liveEverywhere(back.write);
      expect(await objectOf(harness)).toMatchObject({ demand: "permissive", revision: back.write.revisionAfter });
    });
  });
}
