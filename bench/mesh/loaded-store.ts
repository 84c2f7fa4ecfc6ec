import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { resolvePrometheus } from "#peers/prometheus/resolve.ts";
import type { ServerProcess } from "#peers/shared/server-process.ts";
import { createBlocks, startPrometheus } from "#peers/prometheus/start.ts";

import type { SyntheticMesh } from "./model.ts";
import { openMetrics, writePieces, type Stretch } from "./write.ts";

export interface MeshToLoad {
  mesh: SyntheticMesh;
  stretch: Stretch;
}

/** A real Prometheus that holds these meshes. `folder` is emptied first. */
export async function loadedStore(folder: string, meshes: readonly MeshToLoad[]): Promise<ServerProcess> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const prometheus = await resolvePrometheus();
  for (const [index, { mesh, stretch }] of meshes.entries()) {
    const file = join(folder, `${index}.om`);
    await writePieces(file, openMetrics([mesh], stretch));
    await createBlocks(prometheus, file, folder);
    await rm(file);
  }
  return startPrometheus({ prometheus, folder, flags: ["--query.max-samples=100000000"], readyTimeoutMs: 120_000 });
}

/**
 * Waits until the server has worked on no question for a while: what is asked behind a reader's back, when his answer has left, would be
 * in the next one's time.
 */
export async function untilIdle(url: string): Promise<void> {
  for (let quiet = 0; quiet < 4;) {
    const text = await (await fetch(`${url}/metrics`)).text();
    const running = /^prometheus_engine_queries (\S+)$/m.exec(text)?.[1] ?? "0";
    quiet = Number(running) === 0 ? quiet + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** Asks in PromQL and reads the whole answer, as a page would that draws it. Throws with the server's own words. */
export async function ask(url: string, query: string, atMs: number): Promise<string> {
  const body = new URLSearchParams({ query, time: String(atMs / 1_000) });
  const answer = await fetch(`${url}/api/v1/query`, { method: "POST", body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${query}: ${text.slice(0, 300)}`);
  return text;
}
