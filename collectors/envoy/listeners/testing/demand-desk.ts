import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";

import { systemClock } from "#collectors/shared/testing/system-time.ts";
import type { Result } from "#lib/model/errors.ts";
import type { DemandAnswer, DemandDraft, DemandObject } from "#lib/ports/demand-target.ts";
import { valueOf } from "#lib/testing/results.ts";

import { createEnvoyDemandTarget, type EnvoyDemandTarget, type EnvoyDemandTargetOptions } from "../target.ts";
import type { FakeProxies, FakeProxy } from "./fake-proxies.ts";
import { LEDGER_YAML } from "./listener-texts.ts";

export const OBJECT = "listeners:ledger.yaml#inbound";
/** How every private key begins. */
export const KEY = ["-----BEGIN", "PRIVATE KEY-----"].join(" ");

/** A folder of listener files for each test of a file, with `ledger.yaml` in it. */
export interface DemandDesk {
  readonly folder: string;
  readonly listenersDir: string;
  readonly file: string;
  /** A proxy that reads the file. */
  reader(proxy?: Partial<FakeProxy>): Partial<FakeProxy>;
  targetOf(mesh: FakeProxies, options?: Partial<EnvoyDemandTargetOptions>): EnvoyDemandTarget;
  /** Puts a text in the place of the file, as another tool does it. */
  replaceBy(text: string): Promise<void>;
}

export function useDemandDesk(): DemandDesk {
  let folder = "";
  const listenersDir = (): string => join(folder, "listeners");
  const file = (): string => join(listenersDir(), "ledger.yaml");

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "weft-demand-"));
    await mkdir(listenersDir());
    await writeFile(file(), LEDGER_YAML);
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  return {
    get folder() {
      return folder;
    },
    get listenersDir() {
      return listenersDir();
    },
    get file() {
      return file();
    },
    reader: (proxy = {}) => ({ reads: file(), text: LEDGER_YAML, ...proxy }),
    targetOf: ({ directory, admin }, options = {}) =>
      createEnvoyDemandTarget({
        id: "listeners",
        listenersDir: listenersDir(),
        directory,
        admin,
        clock: systemClock,
        validateBinary: null,
        memoryFile: null,
        ...options,
      }),
    async replaceBy(text) {
      await writeFile(`${file()}.new`, text);
      await rename(`${file()}.new`, file());
    },
  };
}

export async function objects(target: EnvoyDemandTarget): Promise<DemandObject[]> {
  return valueOf(await target.objects()).value;
}

export function draft(
  target: EnvoyDemandTarget,
  want: DemandDraft["want"] = { demand: "strict" },
  marker = "weft-1",
): Promise<Result<DemandAnswer>> {
  return target.prepare({ objectId: OBJECT, want, marker });
}
