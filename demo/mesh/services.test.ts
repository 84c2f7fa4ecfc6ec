import { describe, expect, it } from "vitest";

import { destinationsOf, proxyId, spiffeId } from "./identity.ts";
import { instancesOf, planMesh } from "./plan.ts";
import { CALLS, CARD_NETWORK, calleesOf, JOBS, serviceNamed, SERVICES } from "./services.ts";

function counting(): () => number {
  let last = 20_000;
  return () => (last += 1);
}

describe("the table of services", () => {
  it("names every service once, and calls only what exists", () => {
    const names = SERVICES.map((service) => service.name);
    expect(new Set(names).size).toBe(names.length);
    for (const { from, to } of CALLS) {
      expect(names).toContain(from);
      expect([...names, CARD_NETWORK.name]).toContain(to);
    }
    expect(new Set(CALLS.map(({ from, to }) => `${from}>${to}`)).size).toBe(CALLS.length);
  });

  it("reaches every service from the gateway", () => {
    const seen = new Set(["gateway"]);
    for (const name of seen) for (const host of name === CARD_NETWORK.name ? [] : calleesOf(name)) seen.add(host);
    expect([...seen].toSorted()).toEqual([...SERVICES.map((service) => service.name), CARD_NETWORK.name].toSorted());
  });

  it("gives identities and clusters their contracted form", () => {
    expect(spiffeId(serviceNamed("reviews"))).toBe("spiffe://demo.mesh/ns/reviews/sa/reviews");
    expect(proxyId(serviceNamed("frontend"), "v1", 2)).toBe("frontend-v1-2.shop");
    expect(destinationsOf(serviceNamed("reviews"))).toEqual([
      { cluster: "outbound|9080|v1|reviews", version: "v1" },
      { cluster: "outbound|9080|v2|reviews", version: "v2" },
    ]);
    expect(destinationsOf(serviceNamed("kv"))).toEqual([{ cluster: "outbound|6379||kv", version: "v1" }]);
  });

  it("has no dot in any cluster's name, which would break Envoy's metric names", () => {
    for (const service of SERVICES) for (const { cluster } of destinationsOf(service)) expect(cluster).not.toContain(".");
  });
});

describe("planMesh", () => {
  const plan = planMesh(counting(), true);

  it("runs fifteen proxies, of which six call reviews", () => {
    expect(plan.instances).toHaveLength(15);
    expect(plan.instances.filter((instance) => "reviews" in instance.outboundPorts)).toHaveLength(6);
    expect(new Set(plan.instances.map((instance) => instance.id)).size).toBe(15);
  });

  it("gives every listener a port of its own", () => {
    const ports = plan.instances.flatMap((instance) => [
      instance.adminPort,
      instance.inboundPort,
      ...(instance.appPort === 0 ? [] : [instance.appPort]),
      ...Object.values(instance.outboundPorts),
    ]);
    expect(new Set([...ports, plan.cardNetworkPort, plan.unreachablePort]).size).toBe(ports.length + 2);
  });

  it("gives every instance an address of its own, none of them a job's", () => {
    const addresses = plan.instances.map((instance) => instance.address);
    expect(new Set([...addresses, ...Object.values(plan.jobAddresses)]).size).toBe(15 + JOBS.length);
    expect(addresses.every((address) => /^127\.0\.1\.\d+$/.test(address))).toBe(true);
  });

  it("falls back to the one address that there is", () => {
    const shared = planMesh(counting(), false);
    expect(new Set(shared.instances.map((instance) => instance.address))).toEqual(new Set(["127.0.0.1"]));
    expect(new Set(Object.values(shared.jobAddresses))).toEqual(new Set(["127.0.0.1"]));
  });

  it("runs no application at the gateway", () => {
    expect(instancesOf(plan, "gateway")).toMatchObject([{ appPort: 0, outboundPorts: {} }]);
  });
});
