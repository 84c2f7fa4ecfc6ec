import { afterEach, describe, expect, it } from "vitest";

import { SPANS_ID, type SourceStatus } from "#lib/model/source.ts";
import { statusOf } from "#lib/testing/builders.ts";
import { createFakeFeed } from "#lib/testing/fake-sources.ts";

import { openConsole, type TestConsole } from "../testing/console.ts";

let weft: TestConsole | null = null;
afterEach(() => weft?.close());

const store = (state: SourceStatus["state"], id = "prom"): { id: string; statuses: () => SourceStatus[] } => ({
  id,
  statuses: () => [statusOf({ id, kind: "prometheus", state, lastError: state === "down" ? `${id}: refused the connection.` : null })],
});

const readiness = async (): Promise<[number, string]> => {
  const answer = await weft?.get("/readyz");
  return [answer?.statusCode ?? 0, answer?.json().status];
};

describe("a store of metrics", () => {
  it("stands among the sources, and beside proxies may be down", async () => {
    weft = await openConsole({ stores: () => [store("down")] });
    const listed = (await weft.get("/api/sources")).json();
    expect(listed.value.items).toContainEqual(
      expect.objectContaining({ id: "prom", state: "down", lastError: "prom: refused the connection." }),
    );
    expect(await readiness()).toEqual([200, "ready"]);
  });

  it.each<[SourceStatus["state"], number]>([
    ["down", 503],
    ["starting", 503],
    ["degraded", 200],
    ["healthy", 200],
  ])("is what the map is drawn from where nothing else tells: %s = %i", async (state, status) => {
    const spans = createFakeFeed(SPANS_ID);
    spans.set({ newestData: null });
    weft = await openConsole({ sources: { feeds: [spans] }, stores: () => [store(state)] });
    expect((await readiness())[0]).toBe(status);
    // Spans that came draw a map, too.
    spans.set({ newestData: new Date(0).toISOString() });
    expect((await readiness())[0]).toBe(200);
  });

  it("may be down when another answers", async () => {
    weft = await openConsole({ sources: { feeds: [] }, stores: () => [store("down"), store("healthy", "other")] });
    expect(await readiness()).toEqual([200, "ready"]);
  });
});

describe("the configuration's file", () => {
  it("stands last among the sources, and never keeps the console from being ready", async () => {
    const file = statusOf({ id: "weft.yaml", kind: "configuration", state: "degraded", lastError: "line 2: is not known" });
    weft = await openConsole({ configuration: () => file });
    expect((await weft.get("/api/sources")).json().value.items.at(-1)).toMatchObject({
      id: "weft.yaml",
      lastError: "line 2: is not known",
    });
    expect(await readiness()).toEqual([200, "ready"]);
  });
});
