import { describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import { proxyOf, serviceOf, topologyOf } from "#lib/testing/builders.ts";
import { createFakeTopology } from "#lib/testing/fake-sources.ts";
import { openDesk } from "#lib/testing/mesh-desk.ts";

import { readTopology } from "./read-topology.ts";

function contextOf(...topology: ReturnType<typeof createFakeTopology>[]) {
  const { context } = openDesk();
  return { ...context, sources: { ...context.sources, topology } };
}

describe("readTopology", () => {
  it("takes together what every source knows", async () => {
    const one = createFakeTopology("one", topologyOf({ services: [serviceOf("a/one")], proxies: [proxyOf("a/one")] }));
    const two = createFakeTopology(
      "two",
      topologyOf({ services: [serviceOf("a/two")], declared: [{ source: "a/one", target: "a/two", client: "mutual" }] }),
    );
    const answer = await readTopology(contextOf(one, two));
    expect(answer.value.services.map(({ id }) => id)).toEqual(["a/one", "a/two"]);
    expect(answer.value).toMatchObject({ proxies: [{ nodeId: "a/one" }], declared: [{ client: "mutual" }] });
    expect(answer).toMatchObject({ coverage: "complete", provenance: [{ source: "one" }, { source: "two" }] });
  });

  it("believes the first source that knows a service: it sees more", async () => {
    const proxies = createFakeTopology("proxies", topologyOf({ services: [serviceOf("a/one", { demand: "strict" })] }));
    const store = createFakeTopology("store", topologyOf({ services: [serviceOf("a/one", { demand: "unknown" }), serviceOf("a/two")] }));
    const { services } = (await readTopology(contextOf(proxies, store))).value;
    expect(services.map(({ id, demand }) => [id, demand])).toEqual([
      ["a/one", "strict"],
      ["a/two", serviceOf("a/two").demand],
    ]);
  });

  it("knows nothing, and calls that complete, without a source", async () => {
    expect(await readTopology(contextOf())).toEqual({ value: topologyOf(), provenance: [], notices: [], coverage: "complete" });
  });

  it("loses the part of a source that fails, and keeps the weakest coverage", async () => {
    const [failing, stale] = [createFakeTopology("failing"), createFakeTopology("stale", topologyOf({ services: [serviceOf("a/two")] }))];
    failing.failWith(new WeftError("SOURCE_MALFORMED", "It answers nonsense."));
    stale.say({ coverage: "stale", notices: [{ level: "warning", code: "old", text: "It is old.", source: "stale", mend: null }] });
    expect(await readTopology(contextOf(failing, stale))).toMatchObject({
      value: { services: [{ id: "a/two" }] },
      coverage: "stale",
      notices: [{ code: "SOURCE_MALFORMED", source: "failing", mend: null }, { code: "old" }],
    });
  });
});
