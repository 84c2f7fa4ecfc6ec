import { copyFile, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { endpoints } from "#lib/contract/endpoints.ts";
import type { Change } from "#lib/model/change.ts";
import { freePort } from "#peers/shared/free-port.ts";

import { startConsole, type ConsoleProcess } from "./console-process.ts";
import { type ConsoleApi, DemoMesh, until } from "./demo-mesh.ts";
import { applySplit, planSplit } from "./move-split.ts";
import { askProxy, callersOfReviews } from "./route-proof.ts";

/** Journal writes of one change from asked to observed: asked, accepted, live, observed. */
const WRITES = [1, 2, 3, 4];

async function applyZero(api: ConsoleApi): Promise<void> {
  const planned = await planSplit(api, 0);
  expect(planned.status, JSON.stringify(planned.body)).toBe(200);
  // The process can die while it answers.
  await applySplit(api, planned.plan.id).catch(() => undefined);
}

describe("kill -9 at every journal write point", () => {
  let mesh: DemoMesh;
  let original: string;
  let path: string;
  beforeAll(async () => {
    mesh = await DemoMesh.start();
    path = join(mesh.state.xdsDir, "reviews.yaml");
    original = await readFile(path, "utf8");
    await copyFile(path, join(mesh.runDir, "reviews-original.yaml"));
  });
  afterAll(() => mesh?.stop());

  /** The old file back by rename, as a person with an editor would do it. */
  async function reset(): Promise<void> {
    const copy = join(mesh.state.xdsDir, "reviews.yaml.reset");
    await copyFile(join(mesh.runDir, "reviews-original.yaml"), copy);
    await rename(copy, path);
    await until("all proxies back on the original", async () => {
      const own = await Promise.all(callersOfReviews(mesh.state).map((proxy) => askProxy(proxy.adminUrl, "reviews")));
      return own.every((one) => one?.version === "1" && one.weights["outbound|9080|v2|reviews"] === 10);
    });
  }

  async function startCrashing(dataDir: string, crashAt: number, moment: "before" | "after"): Promise<ConsoleProcess> {
    const port = await freePort();
    const folders = [dataDir, join(mesh.runDir, "proxies"), mesh.state.xdsDir];
    const script = ["acceptance/crashing-weft.ts", String(port), ...folders, String(crashAt), moment];
    return startConsole({ port, script, readyPath: "/readyz", limitMs: 60_000 });
  }

  for (const write of WRITES) {
    for (const moment of ["before", "after"] as const) {
      it(`write ${write}, ${moment} it is on disk: the state shown equals reality`, { timeout: 240_000 }, async () => {
        await reset();
        const dataDir = await mkdtemp(join(tmpdir(), "weft-crash-"));
        const first = await startCrashing(dataDir, write, moment);
        await applyZero(first.api);
        await first.ended;

        const second = await startCrashing(dataDir, 0, "before");
        try {
          const text = await readFile(path, "utf8");
          const isWritten = text !== original;
          const settled = await until(
            "a settled state",
            async () => {
              const { value } = await second.api.get(endpoints.listChanges);
              const [change] = value.items;
              if (change === undefined) return { change: null };
              const isSettled: Change["state"][] = ["live", "observed", "refused", "reverted", "needs-decision", "partly-live"];
              return isSettled.includes(change.state) ? { change } : null;
            },
            30_000,
          );
          const { change } = settled;
          if (change === null) {
            expect(isWritten, "nothing journaled means nothing written").toBe(false);
          } else if (isWritten) {
            expect(["live", "observed"]).toContain(change.state);
            expect(change.live).toMatchObject({ n: 6, of: 6 });
            expect(text).toBe(change.diff.after);
          } else {
            expect(change.state).toBe("refused");
            expect(change.explanation).toBe("Weft stopped before anything was written. Nothing was changed");
          }
          const own = await Promise.all(callersOfReviews(mesh.state).map((proxy) => askProxy(proxy.adminUrl, "reviews")));
          expect(own.map((one) => one?.weights["outbound|9080|v2|reviews"])).toEqual(own.map(() => (isWritten ? 0 : 10)));
        } finally {
          second.child.kill("SIGTERM");
          await second.ended;
          await rm(dataDir, { recursive: true, force: true });
        }
      });
    }
  }
});
