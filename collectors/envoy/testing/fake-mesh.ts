import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createHttpFetcher } from "#collectors/shared/http-fetcher.ts";
import { systemClock, systemScheduler } from "#collectors/shared/testing/system-time.ts";
import { createFakeSeriesStore, type FakeSeriesStore } from "#lib/testing/fake-series-store.ts";

import { createEnvoySource, type EnvoySource } from "../source.ts";
import { startFakeAdmin, type FakeAdmin } from "./fake-admin.ts";
import type { RecordedId } from "./recorded.ts";

/** A directory of proxies over fake admins, and a source that reads it. */
export interface FakeMesh {
  readonly proxiesDir: string;
  readonly source: EnvoySource;
  readonly store: FakeSeriesStore;
  admin(id: RecordedId): FakeAdmin;
  /** Writes (or overwrites) a file of the directory. */
  write(file: string, content: unknown): Promise<void>;
  /** Starts one more admin and puts it into the directory. */
  add(id: RecordedId): Promise<FakeAdmin>;
  close(): Promise<void>;
}

export const FAST_MS = 50;

/** Not started: call `source.start()`. */
export async function createFakeMesh(ids: readonly RecordedId[], options: { pollIntervalMs?: number } = {}): Promise<FakeMesh> {
  const proxiesDir = await mkdtemp(join(tmpdir(), "proxies-"));
  const admins = new Map<RecordedId, FakeAdmin>();
  const store = createFakeSeriesStore();
  const http = createHttpFetcher({ clock: systemClock, scheduler: systemScheduler });
  const source = createEnvoySource({
    id: "envoy",
    proxiesDir,
    pollIntervalMs: options.pollIntervalMs ?? FAST_MS,
    store,
    clock: systemClock,
    scheduler: systemScheduler,
    http,
  });
  const mesh: FakeMesh = {
    proxiesDir,
    source,
    store,
    admin(id) {
      const admin = admins.get(id);
      if (admin === undefined) throw new Error(`no fake admin of ${id}`);
      return admin;
    },
    write: (file, content) => writeFile(join(proxiesDir, file), typeof content === "string" ? content : JSON.stringify(content)),
    async add(id) {
      const admin = await startFakeAdmin(id);
      admins.set(id, admin);
      await mesh.write(`${id}.json`, { id, admin: admin.server.address });
      return admin;
    },
    async close() {
      await source.stop();
      await http.close();
      await Promise.all([...admins.values()].map((admin) => admin.close()));
      await rm(proxiesDir, { recursive: true, force: true });
    },
  };
  for (const id of ids) await mesh.add(id);
  return mesh;
}
