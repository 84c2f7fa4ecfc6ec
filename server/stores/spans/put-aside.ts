import { existsSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";

import { FILE } from "./schema.ts";

const ASIDE = /^spans\.damaged-(\d+)\.sqlite$/;
const PARTS = ["", "-wal", "-shm"];

function numbersAside(dir: string): number[] {
  return readdirSync(dir)
    .flatMap((name) => ASIDE.exec(name)?.[1] ?? [])
    .map(Number);
}

/** Renames the file with its log, so that nothing of it is lost and a new one can begin; answers its new name. */
export function putAside(dir: string): string {
  const name = `spans.damaged-${Math.max(0, ...numbersAside(dir)) + 1}.sqlite`;
  for (const part of PARTS) {
    if (existsSync(join(dir, FILE + part))) renameSync(join(dir, FILE + part), join(dir, name + part));
  }
  return name;
}

/** What an earlier process put aside and nobody has removed since, as a sentence; `null` = nothing. */
export function saidOfAside(dir: string): string | null {
  const numbers = numbersAside(dir);
  if (numbers.length === 0) return null;
  return `Earlier spans could not be read and lie aside in ${join(dir, `spans.damaged-${Math.max(...numbers)}.sqlite`)}`;
}
