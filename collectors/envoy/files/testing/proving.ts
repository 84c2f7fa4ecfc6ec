import { expect, vi } from "vitest";

import type { ProxyProof } from "#lib/model/change.ts";
import type { PreparedWrite, ProofBaseline, WriteTarget } from "#lib/ports/write-target.ts";
import { valueOf } from "#lib/testing/results.ts";

/** Writes, and answers what the proxies had refused before. */
export async function apply(target: WriteTarget, write: PreparedWrite): Promise<ProofBaseline> {
  const baseline = await target.baseline(write);
  valueOf(await target.apply(write));
  return baseline;
}

/** Asks until every affected proxy, and no other, is in its state, the first one for this reason. */
export async function untilProven(
  target: WriteTarget,
  write: PreparedWrite,
  baseline: ProofBaseline,
  states: Readonly<Record<string, ProxyProof["state"]>>,
  reason = /.?/,
): Promise<ProxyProof[]> {
  return await vi.waitFor(
    async () => {
      const proofs = await target.verify(write, baseline);
      expect(Object.fromEntries(proofs.map((proof) => [proof.id, proof.state]))).toEqual(states);
      expect(proofs[0]?.reason ?? "").toMatch(reason);
      return proofs;
    },
    { timeout: 15_000, interval: 10 },
  );
}
