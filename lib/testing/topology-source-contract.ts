import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Sourced } from "#lib/model/evidence.ts";
import { NodeKind, parseNodeId } from "#lib/model/ids.ts";
import { ServerDemand, TransportSecurity } from "#lib/model/tls.ts";
import { Certificate, Proxy, type Topology, Upstream } from "#lib/model/topology.ts";
import type { TopologySource } from "#lib/ports/sources.ts";

import { expectEvidence, valueOf } from "./results.ts";

/** What a collector must bring so that the suite can try its source: a running source over a mesh of two proxies or more. */
export interface TopologySourceHarness {
  source: TopologySource;
  /** Id of a proxy that answers. */
  proxyId: string;
  /** Text that stands as a secret somewhere in that proxy's configuration. */
  plantedSecret: string;
  /** Makes another proxy unreachable and names it. */
  loseProxy(): Promise<string>;
  close(): Promise<void>;
}

/** How long a source may take to notice; pollers need some of it. */
const NOTICE_TIMEOUT_MS = 15_000;

/** What every `TopologySource` guarantees. `create` is called anew for each test. */
export function describeTopologySource(name: string, create: () => Promise<TopologySourceHarness>): void {
  describe(`${name} as a TopologySource`, () => {
    let harness: TopologySourceHarness;

    beforeEach(async () => {
      harness = await create();
    });

    afterEach(async () => {
      await harness.close();
    });

    async function topology(): Promise<Sourced<Topology>> {
      return valueOf(await harness.source.topology());
    }

    async function settled(): Promise<Sourced<Topology>> {
      await eventually(async () => expect((await topology()).coverage).toBe("complete"));
      return await topology();
    }

    async function stateOf(proxyId: string): Promise<string | undefined> {
      return (await topology()).value.proxies.find((proxy) => proxy.id === proxyId)?.state;
    }

    it("answers valid, plain data with its evidence", async () => {
      const answer = await settled();
      expectEvidence(answer, harness.source.id);
      for (const proxy of answer.value.proxies) expect(Proxy.parse(structuredClone(proxy))).toEqual(proxy);
      for (const service of answer.value.services) {
        expect(NodeKind.parse(service.kind)).toBe(service.kind);
        expect(ServerDemand.parse(service.demand)).toBe(service.demand);
      }
      for (const declared of answer.value.declared) expect(TransportSecurity.parse(declared.client)).toBe(declared.client);
      expect(hasNoHoles(answer)).toBe(true);
    });

    it("names each service and each proxy once, and proxies of services that it names", async () => {
      const { value } = await settled();
      expect(value.proxies.length).toBeGreaterThan(1);
      expect(new Set(value.services.map((service) => service.id)).size).toBe(value.services.length);
      expect(new Set(value.proxies.map((proxy) => proxy.id)).size).toBe(value.proxies.length);
      const ids = value.services.map((service) => service.id);
      for (const proxy of value.proxies) expect(ids).toContain(proxy.nodeId);
      for (const { id, namespace, service } of value.services) expect(parseNodeId(id)).toMatchObject({ namespace, service });
    });

    it("counts as many proxies per version as it lists, never more of them up than there are", async () => {
      const { value } = await settled();
      for (const service of value.services) {
        for (const { version, proxies } of service.versions) {
          const own = value.proxies.filter((proxy) => proxy.nodeId === service.id && proxy.version === version);
          expect(proxies.of).toBe(own.length);
          expect(proxies.n).toBe(own.filter((proxy) => proxy.state === "live").length);
        }
        if (service.endpoints !== null) expect(service.endpoints.healthy).toBeLessThanOrEqual(service.endpoints.total);
      }
    });

    it("says of a proxy that went silent what is wrong, keeps its place, and dims nothing else", async () => {
      const before = await settled();
      const lostId = await harness.loseProxy();
      await eventually(async () => expect(["unreachable", "stale"]).toContain(await stateOf(lostId)));
      const after = await topology();
      expect(after.value.proxies.map((proxy) => proxy.id).toSorted()).toEqual(before.value.proxies.map((proxy) => proxy.id).toSorted());
      expect(after.coverage).not.toBe("complete");
      expect(after.value.proxies.find((proxy) => proxy.id === lostId)?.reason).toMatch(/\w.*\.$/);
      await eventually(async () => expect(await stateOf(harness.proxyId)).toBe("live"));
      expect(after.notices.some((notice) => notice.text.includes(lostId) && notice.mend !== null)).toBe(true);
    });

    it("tells one proxy in depth", async () => {
      await settled();
      const detail = valueOf(await harness.source.proxy(harness.proxyId));
      expectEvidence(detail, harness.source.id);
      expect(detail.value.proxy.id).toBe(harness.proxyId);
      expect(detail.value.config.length).toBeGreaterThan(0);
      for (const upstream of detail.value.upstreams) expect(Upstream.parse(structuredClone(upstream))).toEqual(upstream);
      for (const certificate of detail.value.certificates) expect(Certificate.parse(structuredClone(certificate))).toEqual(certificate);
      expect(hasNoHoles(detail)).toBe(true);
    });

    it("masks secrets", async () => {
      await settled();
      const detail = valueOf(await harness.source.proxy(harness.proxyId));
      expect(JSON.stringify(detail)).not.toContain(harness.plantedSecret);
    });

    it("does not know a proxy that is not there", async () => {
      const answer = await harness.source.proxy("no such proxy");
      expect(answer).toMatchObject({ ok: false, error: { code: "NOT_FOUND", sourceId: harness.source.id } });
    });

    it("still answers of a proxy that went silent, and says that it is old", async () => {
      await settled();
      const lostId = await harness.loseProxy();
      await eventually(async () => expect(["unreachable", "stale"]).toContain(await stateOf(lostId)));
      const detail = valueOf(await harness.source.proxy(lostId));
      expect(detail.coverage).not.toBe("complete");
      expect(detail.notices.length).toBeGreaterThan(0);
    });
  });
}

/** Nothing that JSON would lose or turn: no undefined, no NaN. */
function hasNoHoles(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return value !== undefined;
  return Object.values(value).every(hasNoHoles);
}

async function eventually(check: () => Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: NOTICE_TIMEOUT_MS, interval: 20 });
}
