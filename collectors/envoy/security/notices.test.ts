import { describe, expect, it } from "vitest";

import { ServerInfo } from "../admin/wire.ts";
import type { Observation } from "../polling/proxy-watch.ts";
import { factsWith, knownProxy } from "../testing/known.ts";
import { securityNotices } from "./notices.ts";
import type { WatchedHolder } from "./watched-holder.ts";

const SEEN: Observation = {
  lastSeenMs: 1_000,
  answeredInMs: 1,
  failure: null,
  life: { start: "x", uptimeSeconds: 90, info: ServerInfo.parse({ version: "x" }) },
  serverState: 0,
  sync: "synced",
  rejectedRoutes: [],
  openBreakers: [],
  tlsSeen: [],
  trouble: { malformed: 0, notFinite: 0, firstMalformed: null, overflow: 0 },
  inspection: new Map(),
};

function holder(name: string, config: Parameters<typeof factsWith>[1], more: Partial<WatchedHolder> = {}): WatchedHolder {
  return { known: knownProxy("shop", name, "v1", { config: factsWith([], config) }), observation: SEEN, certificates: [], ...more };
}

const strict = {
  name: "in",
  statName: "in",
  demand: "strict" as const,
  accepts: [],
  asksTls: true,
  asksCertificates: true,
  logged: new Map(),
  logsHandshakes: false,
};

describe("notices about security", () => {
  it("are none of proxies that tell everything", () => {
    expect(securityNotices("envoy", [holder("web", { listeners: [{ ...strict, logsHandshakes: true }] })], [], 0)).toEqual([]);
  });

  it.each<[string, WatchedHolder]>([
    ["callers-unknown", holder("web", { listeners: [{ ...strict, logsHandshakes: true }], logsInbound: { http: false, tcp: false } })],
    ["refused-unnamed", holder("web", { listeners: [strict] })],
    ["decisions-unnamed", holder("web", { namesDecisions: false })],
    ["certificates-unread", holder("web", {}, { certificates: null })],
  ])("say what a proxy does not tell: %s", (code, watched) => {
    const notices = securityNotices("envoy", [watched], [], 0);
    expect(notices).toEqual([
      { level: "info", code, text: expect.stringContaining("web-v1.shop"), source: "envoy", mend: expect.stringMatching(/\.$/) },
    ]);
  });

  it("do not ask an ingress who it turned away", () => {
    expect(securityNotices("envoy", [holder("gateway", { listeners: [{ ...strict, asksCertificates: false }] })], [], 0)).toEqual([]);
  });

  it("name five of many", () => {
    const many = Array.from({ length: 9 }, (_, index) => holder(`web${index}`, { namesDecisions: false }));
    expect(securityNotices("envoy", many, [], 0)[0]?.text).toMatch(/web4-v1\.shop and 4 more\.$/);
  });

  it("say what found no room", () => {
    expect(securityNotices("envoy", [], [], 12)).toMatchObject([
      { level: "warning", code: "security-overflow", text: expect.stringContaining("12 calls") },
    ]);
  });
});
