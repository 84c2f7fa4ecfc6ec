import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { endpoints } from "#lib/contract/endpoints.ts";
import type { Trace } from "#lib/model/trace.ts";
import { findCriticalPath } from "#lib/traces/critical-path.ts";
import { findSequences } from "#lib/traces/find-sequences.ts";
import { headline } from "#lib/traces/headline.ts";
import { buildTraceTree } from "#lib/traces/trace-tree.ts";

import { DemoMesh, sleep, until } from "./demo-mesh.ts";

/** Proxies send their spans every five seconds, applications every second. */
const FLUSH_MS = 8_000;
const COUNTED_MS = 20_000;

describe("traces of the demo mesh", () => {
  let mesh: DemoMesh;
  let from = "";
  beforeAll(async () => {
    mesh = await DemoMesh.start();
    // The mesh is up before its console is, and proxies try a receiver that was not there again after some seconds.
    await sleep(12_000);
    from = new Date().toISOString();
    // Who asks for the last seconds alone gets them half here as they may be.
    await sleep(FLUSH_MS + 1_000);
  });
  afterAll(() => mesh?.stop());

  async function failingTrace(): Promise<Trace> {
    const id = await until(
      "a failed trace of the canary with its six calls",
      async () => {
        const query = { service: "reviews/reviews", version: "v2", status: "error", from, settleMs: String(FLUSH_MS), limit: "50" };
        const { value } = await mesh.api.get(endpoints.findTraces, query);
        // The sixth call is begun when the budget is spent; where the fifth stalled there are five.
        return value.items.find((one) => one.hasRoot && one.services.some((part) => part.service === "ratings" && part.spans >= 6))?.id;
      },
      120_000,
      1_000,
    );
    return (await mesh.api.get(endpoints.getTrace, { id })).value;
  }

  it("come whole from proxies over gRPC and from applications over HTTP", { timeout: 180_000 }, async () => {
    const trace = await failingTrace();
    const makers = new Set(trace.spans.map((span) => span.scope));
    expect(makers).toEqual(new Set(["envoy", "demo"]));
    const services = new Set(trace.resources.map((resource) => `${resource.namespace ?? "-"}/${resource.service}`));
    for (const service of ["shop/gateway", "shop/frontend", "reviews/reviews", "reviews/ratings"]) expect(services).toContain(service);
    const tree = buildTraceTree(trace);
    expect(tree.roots).toHaveLength(1);
    expect(tree.notices).toEqual([]);
    const sources = (await mesh.api.get(endpoints.listSources)).value.items;
    expect(sources.find((source) => source.kind === "otlp")).toMatchObject({ state: "healthy", coverage: { n: 3, of: 3 } });
  });

  it("say why the canary fails: calls of ratings in a row on the critical path", { timeout: 180_000 }, async () => {
    const trace = await failingTrace();
    const tree = buildTraceTree(trace);
    expect(headline(tree)).toContain("reviews v2");
    const sequences = findSequences(tree).filter((one) => one.count >= 3);
    expect(sequences.length, JSON.stringify(sequences)).toBeGreaterThan(0);
    const onPath = new Set(findCriticalPath(tree).map((segment) => segment.spanId));
    const calls = trace.spans.filter(
      (span) => span.kind === "client" && trace.resources[span.resource]?.version === "v2" && onPath.has(span.spanId),
    );
    expect(calls.length).toBeGreaterThanOrEqual(2);
  });

  it("are as many as the applications answered", { timeout: 180_000 }, async () => {
    const counted = async (service: string): Promise<number> => {
      const { value } = await mesh.api.get(endpoints.listOperations, { id: service });
      return value.items.filter((one) => one.operation.startsWith("GET ")).reduce((sum, one) => sum + one.count, 0);
    };
    const arrived = async (service: string): Promise<number> => {
      const edges = await mesh.ledger(0, Date.now() + 60_000);
      return edges.filter((edge) => edge.target === service).reduce((sum, edge) => sum + edge.count + edge.retries - edge.neverArrived, 0);
    };
    const services = ["shop/catalog", "shop/cart", "reviews/reviews", "payments/ledger"];
    const look = async (): Promise<{ spans: number[]; calls: number[] }> => {
      await mesh.drain();
      await sleep(FLUSH_MS);
      return {
        spans: await Promise.all(services.map(counted)),
        calls: await Promise.all(services.map((service) => arrived(service.split("/")[1] ?? ""))),
      };
    };
    const before = await look();
    await mesh.faults({ load: "running" });
    await sleep(COUNTED_MS);
    const after = await look();
    await mesh.faults({ load: "running" });
    const grown = (of: "spans" | "calls"): number[] => after[of].map((count, index) => count - (before[of][index] ?? 0));
    expect(grown("calls").every((count) => count > 10)).toBe(true);
    expect(grown("spans")).toEqual(grown("calls"));
  });

  it("tell a selection from the rest: what makes cart slow is ranked first", { timeout: 180_000 }, async () => {
    const query = { service: "shop/cart", operation: "GET cart", selMinMs: "115" };
    const { value } = await until(
      "twenty slow calls of cart",
      async () => {
        const answer = await mesh.api.get(endpoints.getDifferences, query);
        return answer.value.selection.traces >= 20 && answer.value.rest.traces >= 100 ? answer : null;
      },
      150_000,
      2_000,
    );
    expect(value.items[0]).toMatchObject({ service: "cart", key: "cart.session" });
    expect(value.items[0]?.values[0]?.value).toMatch(/cold|warm/);
  });

  it("stand behind the map: who saw an edge, and the requests behind its numbers", { timeout: 120_000 }, async () => {
    const edge = await until("an edge that spans saw, too", async () => {
      const { value } = await mesh.api.get(endpoints.getGraph);
      return value.edges.find((one) => one.source === "shop/catalog" && one.target === "reviews/reviews" && one.seenBy.includes("spans"));
    });
    expect(edge.red.source).toBe("envoy");
    expect(edge.seenBy).toEqual(["envoy", "spans"]);
    const { value } = await mesh.api.get(endpoints.getGraph);
    const doubles = value.nodes.filter((node) => value.nodes.some((other) => other.id !== node.id && other.service === node.service));
    expect(doubles.map((node) => node.id)).toEqual([]);
    const requests = await mesh.api.get(endpoints.listExemplars, { subject: `edge:${edge.id}`, window: "60s" });
    expect(requests.value.items.length).toBeGreaterThan(3);
    const [first] = requests.value.items;
    const behind = (await mesh.api.get(endpoints.getTrace, { id: first?.traceId ?? "" })).value;
    const span = behind.spans.find((one) => one.spanId === first?.spanId);
    expect(behind.resources[span?.resource ?? -1]?.service).toBe("reviews");
  });

  it("are exported as they were sent", { timeout: 120_000 }, async () => {
    const trace = await failingTrace();
    const response = await fetch(`${mesh.state.url}/api/trace/otlp?id=${trace.id}`);
    expect(response.headers.get("content-disposition")).toContain(`trace-${trace.id}.json`);
    const text = await response.text();
    for (const span of trace.spans) expect(text).toContain(span.spanId);
    const again = await fetch(`${mesh.state.otlp.http}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: text,
    });
    expect(again.status).toBe(200);
    expect((await mesh.api.get(endpoints.getTrace, { id: trace.id })).value.spans).toHaveLength(trace.spans.length);
  });
});
