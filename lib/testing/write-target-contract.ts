import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { PlanDiff } from "#lib/model/routing.ts";
import type { PreparedWrite, WriteTarget } from "#lib/ports/write-target.ts";

import { errorOf, valueOf } from "./results.ts";

/** What a collector must bring so that a suite can try how its target writes, whatever it keeps. */
export interface WriteHarness {
  target: WriteTarget;
  /** The whole text of the object as it stands. */
  text(): Promise<string>;
  /** Somebody else changes the object in a way that keeps it valid. */
  editAsSomebodyElse(): Promise<void>;
  /** Takes away the right to write. */
  refuseWrites(): Promise<void>;
  /** Makes one of the proxies that take the object unreachable and names it. */
  loseProxy(): Promise<string>;
  close(): Promise<void>;
}

/** What both kinds of drafts answer. */
export interface PreparedAnswer {
  write: PreparedWrite;
  diff: PlanDiff;
}

/** How long a proof may take in these suites; a real proxy on a busy machine needs some of it. */
const PROOF_TIMEOUT_MS = 10_000;

export interface WriteSuite<H extends WriteHarness> {
  /** The harness of the test that runs. */
  harness(): H;
  /** Applies a write, and waits until every proxy proves it. */
  liveEverywhere(write: PreparedWrite): Promise<void>;
}

/**
 * What every `WriteTarget` guarantees. `create` is called anew for each test; `prepare` drafts a write that differs from
 * what stands and from every other draft.
 */
export function describeWriting<H extends WriteHarness>(
  create: () => Promise<H>,
  prepare: (harness: H, marker: string) => Promise<PreparedAnswer>,
  ownerKind: (harness: H) => Promise<string>,
): WriteSuite<H> {
  let harness: H;
  let markers = 0;

  beforeEach(async () => {
    harness = await create();
  });

  afterEach(async () => {
    await harness.close();
  });

  async function draft(): Promise<PreparedWrite> {
    markers += 1;
    return (await prepare(harness, `weft-contract-${markers}`)).write;
  }

  async function liveEverywhere(write: PreparedWrite): Promise<void> {
    const baseline = await harness.target.baseline(write);
    valueOf(await harness.target.apply(write));
    await vi.waitFor(
      async () =>
        expect((await harness.target.verify(write, baseline)).map((proof) => proof.state)).toEqual(write.proxies.map(() => "live")),
      { timeout: PROOF_TIMEOUT_MS, interval: 20 },
    );
  }

  it("prepares without writing, and answers what a journal can keep", async () => {
    const text = await harness.text();
    const { write, diff } = await prepare(harness, "weft-contract-first");
    expect(await harness.text()).toBe(text);
    expect(write).toMatchObject({ targetId: harness.target.id, marker: "weft-contract-first", before: text });
    expect(write.after).not.toBe(text);
    expect(write.after).toContain(write.marker);
    expect(write.revisionAfter).not.toBe(write.revisionBefore);
    expect(diff).toMatchObject({ before: write.before, after: write.after });
    expect(diff.hunks.length).toBeGreaterThan(0);
    expect(write.proxies.length).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(write))).toEqual(write);
  });

  it("puts the text in place, and every proxy proves it", async () => {
    const write = await draft();
    await liveEverywhere(write);
    expect(await harness.text()).toBe(write.after);
    expect(valueOf(await harness.target.standing(write))).toEqual({ at: "after" });
    expect(await ownerKind(harness)).toBe("weft");
  });

  it("calls nothing live that was not applied", async () => {
    const write = await draft();
    const baseline = await harness.target.baseline(write);
    expect(valueOf(await harness.target.standing(write))).toEqual({ at: "before" });
    for (const proof of await harness.target.verify(write, baseline)) expect(proof.state).toBe("pending");
  });

  it("calls an older write no longer live once a newer one is", async () => {
    const older = await draft();
    await liveEverywhere(older);
    const newer = await draft();
    await liveEverywhere(newer);
    const proofs = await harness.target.verify(older, await harness.target.baseline(older));
    expect(proofs.map((proof) => proof.state)).toEqual(older.proxies.map(() => "pending"));
    expect(proofs.map((proof) => proof.revision)).toEqual(older.proxies.map(() => newer.marker));
  });

  it("does not write over a text that it did not expect, and shows what is there", async () => {
    const write = await draft();
    await harness.editAsSomebodyElse();
    const foreign = await harness.text();
    expect(errorOf(await harness.target.apply(write)).code).toBe("CONFLICT");
    expect(await harness.text()).toBe(foreign);
    const standing = valueOf(await harness.target.standing(write));
    expect(standing.at).toBe("foreign");
    expect(standing.at === "foreign" ? standing.diff?.after : null).toBe(foreign);
    expect(await ownerKind(harness)).not.toBe("weft");
  });

  it("applies a write once only", async () => {
    const write = await draft();
    valueOf(await harness.target.apply(write));
    expect(errorOf(await harness.target.apply(write)).code).toBe("CONFLICT");
    expect(await harness.text()).toBe(write.after);
  });

  it("lets one of two writes at once win and tells the other", async () => {
    const [one, two] = [await draft(), await draft()];
    const results = await Promise.all([harness.target.apply(one), harness.target.apply(two)]);
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect(results.flatMap((result) => (result.ok ? [] : [result.error.code]))).toEqual(["CONFLICT"]);
    expect(await harness.text()).toBe(results[0]?.ok === true ? one.after : two.after);
  });

  it("puts the old text back, byte for byte", async () => {
    const text = await harness.text();
    const write = await draft();
    await liveEverywhere(write);
    valueOf(await harness.target.restore(write));
    expect(await harness.text()).toBe(text);
    expect(valueOf(await harness.target.standing(write))).toEqual({ at: "before" });
  });

  it("does not put the old text back over what somebody else wrote", async () => {
    const write = await draft();
    expect(errorOf(await harness.target.restore(write)).code).toBe("CONFLICT");
    valueOf(await harness.target.apply(write));
    await harness.editAsSomebodyElse();
    const foreign = await harness.text();
    expect(errorOf(await harness.target.restore(write)).code).toBe("CONFLICT");
    expect(await harness.text()).toBe(foreign);
  });

  it("leaves the old text whole when it may not write, and says so", async () => {
    const write = await draft();
    await harness.refuseWrites();
    const error = errorOf(await harness.target.apply(write));
    expect(error.code).toBe("SOURCE_REFUSED");
    expect(error.mend).toMatch(/\S/);
    expect(await harness.text()).toBe(write.before);
  });

  it("keeps counting a proxy that it cannot reach, and never calls it live", async () => {
    await liveEverywhere(await draft());
    const lost = await harness.loseProxy();
    const write = await draft();
    expect(write.proxies).toContain(lost);
    const baseline = await harness.target.baseline(write);
    expect(baseline[lost]).toBeNull();
    valueOf(await harness.target.apply(write));
    const others = write.proxies.filter((id) => id !== lost);
    await vi.waitFor(
      async () => {
        const proofs = await harness.target.verify(write, baseline);
        const lostProof = proofs.find((proof) => proof.id === lost);
        expect(lostProof).toMatchObject({ state: "unreachable", revision: null, observedAt: null });
        expect(lostProof?.reason).toMatch(/\S/);
        expect(proofs.filter((proof) => proof.state === "live").map((proof) => proof.id)).toEqual(others);
      },
      { timeout: PROOF_TIMEOUT_MS, interval: 20 },
    );
  });

  return { harness: () => harness, liveEverywhere };
}
