import { randomUUID } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";

/** Replaces a file in one step: readers and Envoy's watch see the old one or the new one, never a half. */
export function replaceFile(path: string, text: string, mode = 0o644): void {
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    writeFileSync(draft, text, { mode });
    renameSync(draft, path);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw cause;
  }
}

export function replaceJson(path: string, value: unknown, mode?: number): void {
  replaceFile(path, `${JSON.stringify(value, null, 2)}\n`, mode);
}
