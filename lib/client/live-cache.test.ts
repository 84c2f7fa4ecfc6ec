import { QueryClient } from "@tanstack/react-query";
import { describe, expect, test } from "vitest";

import type { Change } from "#lib/model/change.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { MeshGraph } from "#lib/model/graph.ts";
import { statusOf } from "#lib/testing/builders.ts";
import { changeOf, demandChangeOf } from "#lib/testing/change-builders.ts";

import { LiveCache } from "./live-cache.ts";
import { changeQuery, changesQuery, graphQuery, sourcesQuery } from "./query-options.ts";

const VIEW = { window: "300s", namespaces: ["shop"] };
const EVIDENCE = { provenance: [], notices: [], coverage: "complete" as const };
const TOTALS = { healthy: 0, degraded: 0, failing: 0, unknown: 0, rate: 1, errorRate: 0 };
const WINDOW = { from: "2026-01-01T00:00:00.000Z", to: "2026-01-01T00:05:00.000Z" };
const GRAPH: Sourced<MeshGraph> = { ...EVIDENCE, value: { window: WINDOW, nodes: [], edges: [], totals: TOTALS } };

function cacheOf() {
  const client = new QueryClient();
  const cache = new LiveCache(client);
  cache.show(VIEW);
  return { client, cache };
}

const list = (items: Change[]) => ({ ...EVIDENCE, value: { items, total: items.length, next: null } });

describe("LiveCache", () => {
  test("a snapshot and its deltas land under the view that the stream carries", () => {
    const { client, cache } = cacheOf();
    const delta = { ...EVIDENCE, value: { ...GRAPH.value, totals: { ...TOTALS, rate: 7 }, removedNodes: [], removedEdges: [] } };
    cache.apply({ name: "delta", data: delta });
    expect(client.getQueryData(graphQuery(VIEW).queryKey)).toBeUndefined();
    cache.apply({ name: "snapshot", data: { graph: GRAPH, changes: [], sources: [] } });
    cache.apply({ name: "delta", data: delta });
    expect(client.getQueryData(graphQuery(VIEW).queryKey)?.value.totals.rate).toBe(7);
    expect(client.getQueryData(graphQuery({ window: "60s", namespaces: [] }).queryKey)).toBeUndefined();
  });

  test("who comes back from the past is not shown the live graph of before", () => {
    const { client, cache } = cacheOf();
    cache.apply({ name: "snapshot", data: { graph: GRAPH, changes: [], sources: [] } });
    const past = graphQuery(VIEW, "2026-01-01T00:01:00Z").queryKey;
    client.setQueryData(past, GRAPH);
    cache.forgetGraph();
    expect(client.getQueryData(graphQuery(VIEW).queryKey)).toBeUndefined();
    expect(client.getQueryData(past)).toBe(GRAPH);
  });

  test("a change lands on its own page and in the lists that it belongs to", () => {
    const { client, cache } = cacheOf();
    client.setQueryData(changesQuery().queryKey, list([]));
    client.setQueryData(changesQuery({ target: "elsewhere" }).queryKey, list([]));
    cache.apply({ name: "change", data: changeOf({ id: "7", state: "accepted" }) });
    expect(client.getQueryData(changeQuery("7").queryKey)?.value.state).toBe("accepted");
    expect(client.getQueryData(changesQuery().queryKey)?.value.items.map((one) => one.id)).toEqual(["7"]);
    expect(client.getQueryData(changesQuery({ target: "elsewhere" }).queryKey)?.value.items).toEqual([]);
  });

  test("a source's news goes into the list only once there is one", () => {
    const { client, cache } = cacheOf();
    cache.apply({ name: "source", data: statusOf({ id: "x", state: "down" }) });
    expect(client.getQueryData(sourcesQuery().queryKey)).toBeUndefined();
    client.setQueryData(sourcesQuery().queryKey, { ...EVIDENCE, value: { items: [statusOf({ id: "x" })], total: 1, next: null } });
    cache.apply({ name: "source", data: statusOf({ id: "x", state: "down" }) });
    expect(client.getQueryData(sourcesQuery().queryKey)?.value.items[0]?.state).toBe("down");
  });

  test("a new state of a demand makes the security report and its what-if be read again, new weights do not", () => {
    const { client, cache } = cacheOf();
    const isOld = () =>
      [
        ["security", "300s"],
        ["security-what-if", "mesh"],
      ].map((key) => client.getQueryState(key)?.isInvalidated);
    for (const key of [
      ["security", "300s"],
      ["security-what-if", "mesh"],
    ])
      client.setQueryData(key, "old");
    cache.apply({ name: "change", data: changeOf({ id: "7", state: "live" }) });
    expect(isOld()).toEqual([false, false]);
    cache.apply({ name: "change", data: demandChangeOf({ id: "8", state: "live" }) });
    expect(isOld()).toEqual([true, true]);
  });

  test("a new state of a change makes routes and services be read again, the same state does not", () => {
    const { client, cache } = cacheOf();
    client.setQueryData(["routes"], "old");
    cache.apply({ name: "change", data: changeOf({ id: "7", state: "live" }) });
    expect(client.getQueryState(["routes"])?.isInvalidated).toBe(true);
    client.setQueryData(["routes"], "new");
    cache.apply({ name: "change", data: changeOf({ id: "7", state: "live" }) });
    expect(client.getQueryState(["routes"])?.isInvalidated).toBe(false);
  });
});
