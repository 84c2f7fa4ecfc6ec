import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { parseOptions } from "../config/options.ts";
import { startWeft, type Weft } from "../weft.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weft-own-spans-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => void probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => void probe.close(resolve));
  return port;
}

function start(options: object): Promise<Weft> {
  const ports = { port: 0, otlpGrpc: null, zipkin: null };
  return startWeft({ ...parseOptions({ ...ports, dataDir: folder, logLevel: "silent", ...options }), uiDir: join(folder, "ui") });
}

async function keptBy(weft: Weft): Promise<string | undefined> {
  return /^weft_span_store_spans (.*)$/m.exec(await (await fetch(`${weft.url}/metrics`)).text())?.[1];
}

describe("a console that sends its spans to its own intake", () => {
  it("keeps one per call of its API, and none of the sending and the keeping", async () => {
    const otlpHttp = await freePort();
    const weft = await start({ otlpHttp, telemetryOtlp: `http://127.0.0.1:${otlpHttp}` });
    for (const path of ["session", "graph", "session"]) await (await fetch(`${weft.url}/api/${path}`)).text();
    await weft.stop();
    const later = await start({ otlpHttp: 0 });
    expect(await keptBy(later)).toBe("3");
    await later.stop();
  });
});

describe("a console whose receiver is down", () => {
  it("answers and stops as ever", async () => {
    const weft = await start({ otlpHttp: 0, telemetryOtlp: `http://127.0.0.1:${await freePort()}` });
    expect((await fetch(`${weft.url}/api/session`)).status).toBe(200);
    await expect(weft.stop()).resolves.toBeUndefined();
  });
});
