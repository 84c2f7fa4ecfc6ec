import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer as createNetServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { ChangeJournal } from "#lib/ports/change-journal.ts";
import { recordOf } from "#lib/testing/change-builders.ts";

import { parseOptions } from "./config/options.ts";
import { FileChangeJournal } from "./stores/file-change-journal.ts";
import { type StartOptions, startWeft, type Weft } from "./weft.ts";

let folder: string;
const running: Weft[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weft-start-"));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((weft) => weft.stop()));
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<StartOptions> = {}): Promise<Weft> {
  const weft = await startWeft({
    ...parseOptions({ port: 0, dataDir: join(folder, "data"), logLevel: "silent", otlpHttp: "off", otlpGrpc: "off", zipkin: "off" }),
    uiDir: join(folder, "ui"),
    ...options,
  });
  running.push(weft);
  return weft;
}

async function stop(weft: Weft): Promise<void> {
  running.splice(running.indexOf(weft), 1);
  await weft.stop();
}

/** A port on which something listens, or did a moment ago. */
async function listen(): Promise<{ server: Server; port: number }> {
  const server = createNetServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

async function free({ server, port }: Awaited<ReturnType<typeof listen>>): Promise<number> {
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

describe("startWeft", () => {
  it("listens on this machine only, and keeps its directory to itself", async () => {
    const weft = await start();
    expect(weft.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${weft.url}/healthz`)).status).toBe(200);
    expect((await (await fetch(`${weft.url}/api/graph`)).json()).notices).toMatchObject([{ code: "no-source" }]);
    expect(await readdir(join(folder, "data"))).toContain("lock");
    await stop(weft);
    expect(await readdir(join(folder, "data"))).not.toContain("lock");
    await expect(fetch(`${weft.url}/healthz`)).rejects.toThrow();
  });

  it("shows what an earlier process left, and leaves to a person what it cannot look up", async () => {
    await mkdir(join(folder, "data"));
    const journal = new FileChangeJournal(join(folder, "data"));
    await journal.append(recordOf({ id: "7", state: "live" }));
    await journal.close();
    const { items } = (await (await fetch(`${(await start()).url}/api/changes`)).json()).value;
    expect(items).toMatchObject([{ id: "7", state: "needs-decision", explanation: "The routing target fake is not configured any more" }]);
  });

  it("answers nobody before it has recovered: a write would not know what is there", async () => {
    const port = await free(await listen());
    const gate = Promise.withResolvers<void>();
    const reading = Promise.withResolvers<void>();
    const wrapJournal = (journal: ChangeJournal): ChangeJournal => ({
      append: (record) => journal.append(record),
      async load() {
        reading.resolve();
        await gate.promise;
        return journal.load();
      },
    });
    const starting = start({ port, wrapJournal });
    await reading.promise;
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
    gate.resolve();
    await starting;
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });

  it("says that its port is taken, and lets its directory go", async () => {
    const taken = await listen();
    await expect(start({ port: taken.port })).rejects.toMatchObject({
      code: "CONFLICT",
      message: `Port ${taken.port} is taken`,
      field: "--port",
      mend: "Stop what listens there, or choose another with --port",
    });
    await free(taken);
    expect(await readdir(join(folder, "data"))).not.toContain("lock");
    await start({ port: taken.port });
  });

  it("says that its directory cannot be made or written", async () => {
    await writeFile(join(folder, "file"), "");
    await expect(start({ dataDir: join(folder, "file", "data") })).rejects.toMatchObject({
      code: "INVALID",
      message: `The data directory ${join(folder, "file", "data")} cannot be made`,
      field: "--data-dir",
      mend: "Choose one that can be written",
    });
    await mkdir(join(folder, "data", "lock"), { recursive: true });
    await expect(start()).rejects.toMatchObject({ code: "INVALID", field: "--data-dir" });
  });

  it("takes no write when it is read-only", async () => {
    const { url } = await start({ isReadOnly: true });
    const { csrfToken, readOnly } = await (await fetch(`${url}/api/session`)).json();
    expect(readOnly).toBe(true);
    expect((await fetch(`${url}/api/changes/undo?id=1`, { method: "POST", headers: { "x-weft-csrf": csrfToken } })).status).toBe(403);
  });
});
