import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { Writable } from "node:stream";

import { families, type Family, type Series } from "./families.ts";
import type { SyntheticMesh } from "./model.ts";

/** A stretch of a mesh's life: counters begin at 0 with the first sample. */
export interface Stretch {
  /** Instant of the first sample, epoch milliseconds. */
  fromMs: number;
  /** Samples, one step apart. */
  samples: number;
  /** Buckets are nine tenths of a mesh, and only who asks for quantiles needs them. */
  isWithoutBuckets?: boolean;
}

/** Characters that are collected before they are handed on. */
const PIECE = 256 * 1024;

/** The exposition that a scrape at this instant reads, in pieces. Counters began at 0 at `bornMs` and stand still between steps. */
export function* exposition(mesh: SyntheticMesh, bornMs: number, nowMs: number): Generator<string> {
  const steps = Math.max(0, Math.floor((nowMs - bornMs) / mesh.knobs.stepMs));
  yield* pieces(
    lines(
      mesh,
      ({ name, type }) => `# TYPE ${type === "counter" ? `${name}_total` : name} ${type}\n`,
      ({ name, labels, perStep }) => `${name}{${labels}} ${perStep * steps}\n`,
    ),
  );
}

/** OpenMetrics with times of their own, for `promtool tsdb create-blocks-from openmetrics`. */
export function* openMetrics(meshes: readonly SyntheticMesh[], stretch: Stretch): Generator<string> {
  for (const mesh of meshes) {
    const seconds = instants(mesh, stretch).map((ms) => ms / 1_000);
    yield* pieces(
      lines(
        mesh,
        ({ name, type }) => `# TYPE ${name} ${type}\n`,
        ({ name, labels, perStep }) =>
          stretch.isWithoutBuckets === true && name.endsWith("_bucket")
            ? ""
            : seconds.map((at, step) => `${name}{${labels}} ${perStep * step} ${at}\n`).join(""),
      ),
    );
  }
  yield "# EOF\n";
}

/** Lines with times in milliseconds, as VictoriaMetrics imports them at `/api/v1/import/prometheus`. */
export function* importLines(mesh: SyntheticMesh, stretch: Stretch): Generator<string> {
  const times = instants(mesh, stretch);
  yield* pieces(
    lines(
      mesh,
      () => "",
      ({ name, labels, perStep }) => times.map((at, step) => `${name}{${labels}} ${perStep * step} ${at}\n`).join(""),
    ),
  );
}

/** Writes pieces to a file as fast as it takes them, and never faster. */
export async function writePieces(path: string, text: Iterable<string>): Promise<void> {
  const file = createWriteStream(path);
  for (const piece of text) await send(file, piece);
  file.end();
  await once(file, "finish");
}

async function send(to: Writable, piece: string): Promise<void> {
  if (!to.write(piece)) await once(to, "drain");
}

function instants({ knobs }: SyntheticMesh, { fromMs, samples }: Stretch): number[] {
  return Array.from({ length: samples }, (_, step) => fromMs + step * knobs.stepMs);
}

function* lines(mesh: SyntheticMesh, head: (family: Family) => string, line: (series: Series) => string): Generator<string> {
  for (const family of families(mesh)) {
    yield head(family);
    for (const series of family.series()) yield line(series);
  }
}

function* pieces(parts: Iterable<string>): Generator<string> {
  let piece = "";
  for (const part of parts) {
    piece += part;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}
