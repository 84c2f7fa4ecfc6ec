import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { resolvePrometheus } from "#peers/prometheus/resolve.ts";
import { createBlocks, startPrometheus } from "#peers/prometheus/start.ts";
import { resolveVictoriaMetrics } from "#peers/victoria-metrics/resolve.ts";
import { importExposition, startVictoriaMetrics } from "#peers/victoria-metrics/start.ts";

import { recordedText } from "./recorded-mesh.ts";

export interface RealStore {
  readonly url: string;
  stop(): Promise<void>;
}

/** A real Prometheus that holds the recorded mesh, up to `endMs`. */
export async function startRecordedPrometheus(endMs: number): Promise<RealStore> {
  const folder = mkdtempSync(join(tmpdir(), "weft-prometheus-"));
  const prometheus = await resolvePrometheus();
  const file = join(folder, "mesh.om");
  writeFileSync(file, recordedText(endMs, "openmetrics"));
  await createBlocks(prometheus, file, folder);
  const server = await startPrometheus({ prometheus, folder });
  return { url: server.url, stop: () => server.stop().finally(() => rmSync(folder, { recursive: true, force: true })) };
}

/** The same in a real VictoriaMetrics. */
export async function startRecordedVictoriaMetrics(endMs: number): Promise<RealStore> {
  const folder = mkdtempSync(join(tmpdir(), "weft-victoria-"));
  const server = await startVictoriaMetrics({ victoriaMetrics: await resolveVictoriaMetrics(), folder });
  await importExposition(server.url, recordedText(endMs, "import"));
  return { url: server.url, stop: () => server.stop().finally(() => rmSync(folder, { recursive: true, force: true })) };
}
