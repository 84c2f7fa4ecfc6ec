import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startScriptedStore, type ScriptedStore } from "#collectors/testing/scripted-store.ts";

import { parseOptions } from "./config/options.ts";
import { WatchedConfig } from "./config/watched-config.ts";
import { systemClock as clock, systemScheduler as scheduler } from "./telemetry/system-time.ts";
import { startWeft, type Weft } from "./weft.ts";

let folder: string;
let path: string;
let store: ScriptedStore;
let weft: Weft;
let config: WatchedConfig;

const entry = (id: string): string => `  - { id: ${id}, kind: prometheus, url: "${store.url}" }\n`;
const TRACES = 'traces:\n  - { id: zipkin, kind: zipkin, url: "http://127.0.0.1:1" }\n';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "weft-reload-"));
  path = join(folder, "weft.yaml");
  store = await startScriptedStore("istio_requests_total");
  writeFileSync(path, `metrics:\n${entry("one")}${entry("two")}`);
  const { file, options } = await WatchedConfig.open(path);
  config = file;
  const base = { port: 0, dataDir: join(folder, "data"), logLevel: "silent", otlpHttp: "off", otlpGrpc: "off", zipkin: "off" };
  weft = await startWeft({ ...parseOptions({ ...base, ...options }), uiDir: join(folder, "ui"), configuration: () => config.status() });
  await config.start({ clock, scheduler, apply: (next) => weft.configure(next), report: () => undefined });
});

afterEach(async () => {
  await config.stop();
  await weft.stop();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function sources(): Promise<string[]> {
  const answer = await (await fetch(`${weft.url}/api/sources`)).json();
  return answer.value.items.map(({ id, state }: { id: string; state: string }) => `${id} ${state}`);
}

/** The live stream: the events that came, and whether it is still open. */
async function follow(): Promise<{ names: string[]; sources: () => string[]; isOpen: () => boolean; close: () => void }> {
  const ending = new AbortController();
  const response = await fetch(`${weft.url}/api/live?topics=sources`, { signal: ending.signal });
  const names: string[] = [];
  let last: string[] = [];
  let isOpen = true;
  void (async () => {
    let rest = "";
    for await (const chunk of response.body ?? []) {
      rest += Buffer.from(chunk).toString("utf8");
      const events = rest.split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) {
        const name = /^event: (.*)$/m.exec(event)?.[1];
        if (name === undefined) continue;
        names.push(name);
        const data: unknown = JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? "null");
        if (name === "snapshot") last = (data as { sources: { id: string }[] }).sources.map(({ id }) => id);
      }
    }
  })()
    .catch(() => undefined)
    .finally(() => (isOpen = false));
  return { names, sources: () => last, isOpen: () => isOpen, close: () => ending.abort() };
}

describe("a changed weft.yaml", () => {
  it("exchanges sources without dropping others, or the live stream", async () => {
    await expect.poll(sources).toEqual(["one healthy", "two healthy", "weft.yaml healthy"]);
    const [one] = weft.runtime.options.stores?.() ?? [];
    const live = await follow();
    await expect.poll(live.sources).toEqual(["one", "two", "weft.yaml"]);
    // Sources are looked at every two seconds, and what the first look finds is news.
    await expect.poll(() => live.names.length, { timeout: 10_000 }).toBeGreaterThan(1);
    writeFileSync(path, `metrics:\n${entry("one")}${entry("three")}${TRACES}`);
    await expect.poll(sources, { timeout: 10_000 }).toEqual(["one healthy", "three healthy", "zipkin starting", "weft.yaml healthy"]);
    expect(weft.runtime.options.stores?.()[0]).toBe(one);
    await expect.poll(live.sources, { timeout: 10_000 }).toEqual(["one", "three", "zipkin", "weft.yaml"]);
    expect(live.isOpen()).toBe(true);
    live.close();
  });

  it("changes nothing when it is bad, and says so on the Sources page", async () => {
    await expect.poll(sources).toEqual(["one healthy", "two healthy", "weft.yaml healthy"]);
    writeFileSync(path, `metrics:\n${entry("one")}  - { id: four }\n`);
    await expect.poll(sources, { timeout: 10_000 }).toEqual(["one healthy", "two healthy", "weft.yaml degraded"]);
    const answer = await (await fetch(`${weft.url}/api/sources`)).json();
    expect(answer.value.items.at(-1).findings).toMatchObject([
      { subject: "line 3", text: "line 3, metrics.1.kind: is missing." },
      { subject: "line 3", text: "line 3, metrics.1.url: is missing." },
    ]);
    expect(await (await fetch(`${weft.url}/readyz`)).json()).toMatchObject({ status: "ready" });
  });

  it("keeps the old sources when a new one cannot be made", async () => {
    writeFileSync(path, `metrics:\n${entry("one").replace(" }", ", ca: none.pem }")}`);
    await expect.poll(sources, { timeout: 10_000 }).toEqual(["one healthy", "two healthy", "weft.yaml degraded"]);
  });
});
