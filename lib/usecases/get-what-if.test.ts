import { beforeEach, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { WhatIf, WhatIfScope } from "#lib/model/security.ts";
import { sampleAt, serviceOf, topologyOf } from "#lib/testing/builders.ts";
import { mutualCalls } from "#lib/testing/fake-security-source.ts";
import { type MeshDesk, openDesk } from "#lib/testing/mesh-desk.ts";

import { getWhatIf } from "./get-what-if.ts";

const LEDGER = "shop/ledger";
const MESH: WhatIfScope = { kind: "mesh", id: null };

let desk: MeshDesk;

beforeEach(async () => {
  desk = openDesk();
  await desk.time.advance(60_000);
  desk.topology.know(topologyOf({ services: [serviceOf(LEDGER, { demand: "permissive" }), serviceOf("shop/payments")] }));
  desk.security.see(-600, { count: 660 });
  desk.security.see(30, { count: 12 });
  desk.security.see(31, mutualCalls(90));
});

async function whatIf(scope: WhatIfScope = MESH): Promise<Sourced<WhatIf>> {
  const answer = await getWhatIf(desk.context, scope);
  if (!answer.ok) throw answer.error;
  return answer.value;
}

describe("getWhatIf", () => {
  it("judges all that is remembered, and says how much that is", async () => {
    const answer = await whatIf();
    expect(desk.security.asked.map(({ fromMs }) => fromMs)).toEqual([null]);
    expect(answer.value.sentence).toBe("1 caller would be refused: legacy, 672 requests in 15 min");
    expect(answer.value.certainty).toBe("Watched for 15 min. A caller that runs once a week would not show.");
    expect(answer.value.callers.map(({ source, effect }) => [source, effect])).toEqual([
      ["shop/legacy", "refused"],
      ["shop/payments", "keeps"],
    ]);
    expect(answer.value.workloads).toMatchObject([
      { id: LEDGER, standing: "steerable", objectId: "demands:ledger" },
      { id: "shop/payments", standing: "already" },
    ]);
    expect(answer).toMatchObject({ coverage: "complete", notices: [] });
  });

  it("adds what only the map's counts of the last hour know", async () => {
    desk.metrics.record(
      sampleAt(-1_800, { source: "shop/cron", target: LEDGER }, { count: 4, transport: { mutual: 0, oneWay: 0, plaintext: 4 } }),
      sampleAt(1, { source: "shop/dark", target: LEDGER }, { count: 2 }),
    );
    expect((await whatIf()).value.callers.map(({ source, effect, count }) => [source, effect, count])).toEqual([
      ["shop/legacy", "refused", 672],
      ["shop/cron", "refused", 4],
      ["shop/dark", "unknown", 2],
      ["shop/payments", "keeps", 90],
    ]);
  });

  it("takes a workload or a namespace, and knows when there is none", async () => {
    expect((await whatIf({ kind: "workload", id: "shop/payments" })).value.callers).toEqual([]);
    expect((await whatIf({ kind: "namespace", id: "shop" })).value.workloads).toHaveLength(2);
    for (const scope of [
      { kind: "workload", id: "shop/none" },
      { kind: "namespace", id: "none" },
    ] as const) {
      expect(await getWhatIf(desk.context, scope)).toMatchObject({ ok: false, error: { code: "NOT_FOUND", field: "scope" } });
    }
  });

  it("says that proxies are silent, and answers without a source that fails", async () => {
    desk.security.say({ coverage: "partial" });
    const answer = await whatIf();
    expect(answer.value.certainty).toContain("Not every proxy answered");
    expect(answer.coverage).toBe("partial");
    desk.security.failWith(new WeftError("SOURCE_UNREACHABLE", "Nothing answers."));
    desk.metrics.failWith(new WeftError("TIMEOUT", "It took too long."));
    const blind = await whatIf();
    expect(blind.value).toMatchObject({ observedSince: null, sentence: "Nobody can say who would be refused: no calls were watched" });
    expect(blind.notices.map(({ code }) => code)).toEqual(["SOURCE_UNREACHABLE", "TIMEOUT"]);
  });
});
