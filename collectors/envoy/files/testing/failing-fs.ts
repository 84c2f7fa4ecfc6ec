import * as nodeFs from "node:fs/promises";

import type { FileSystem } from "../config-folder.ts";

/** The step of a write that fails. */
export type FailingStep = "open" | "write" | "chmod" | "chown" | "sync" | "close" | "rename" | "syncFolder";

type Handle = Awaited<ReturnType<FileSystem["open"]>>;

export interface ScriptedFs {
  fs: FileSystem;
  /** Which steps of writing were taken, in order. */
  steps: FailingStep[];
}

/** The real file system, but one step of writing fails with this code; `before` runs ahead of each step. */
export function scriptedFs(
  fail: { step: FailingStep; code: string } | null,
  before: (step: FailingStep) => Promise<void> = async () => undefined,
): ScriptedFs {
  const steps: FailingStep[] = [];
  async function take(step: FailingStep): Promise<void> {
    steps.push(step);
    await before(step);
    if (fail?.step === step) throw Object.assign(new Error(`scripted ${fail.code}`), { code: fail.code });
  }
  const fs: FileSystem = {
    ...nodeFs,
    async open(path, flags, mode) {
      const isWriting = typeof flags === "number";
      if (isWriting) await take("open");
      const handle = await nodeFs.open(path, flags, mode);
      return isWriting ? watched(handle, take) : folderHandle(handle, take);
    },
    async rename(from, to) {
      await take("rename");
      await nodeFs.rename(from, to);
    },
  };
  return { fs, steps };
}

const WATCHED: Readonly<Record<string, FailingStep>> = { writeFile: "write", chmod: "chmod", chown: "chown", sync: "sync", close: "close" };

function watched(handle: Handle, take: (step: FailingStep) => Promise<void>): Handle {
  return new Proxy(handle, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return async (...args: unknown[]) => {
        const step = typeof key === "string" ? WATCHED[key] : undefined;
        // A handle that fails to close is closed all the same, as the system does it.
        if (step === "close") await Reflect.apply(value, target, args);
        if (step !== undefined) await take(step);
        return step === "close" ? undefined : await Reflect.apply(value, target, args);
      };
    },
  });
}

function folderHandle(handle: Handle, take: (step: FailingStep) => Promise<void>): Handle {
  return new Proxy(handle, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return async (...args: unknown[]) => {
        if (key === "sync") await take("syncFolder");
        return await Reflect.apply(value, target, args);
      };
    },
  });
}

/** The real file system, until it is mounted read-only. */
export function mountableFs(): { fs: FileSystem; mountReadOnly: () => void } {
  let isReadOnly = false;
  const fs: FileSystem = {
    ...nodeFs,
    async open(path, flags, mode) {
      if (isReadOnly && typeof flags === "number") throw Object.assign(new Error("read-only file system"), { code: "EROFS" });
      return await nodeFs.open(path, flags, mode);
    },
  };
  return {
    fs,
    mountReadOnly() {
      isReadOnly = true;
    },
  };
}
