import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import * as nodeFs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { replaceFile, sweepTemporaries } from "./guarded-replace.ts";
import { revisionOf, type FileSystem } from "./config-folder.ts";
import { scriptedFs, type FailingStep } from "./testing/failing-fs.ts";

const OLD = "old: 1 # é\r\n";
const NEW = "new: 2 # é\r\n";

describe("replaceFile", () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), "weft-replace-")), "routes");
    await mkdir(folder);
    path = join(folder, "reviews.yaml");
    await writeFile(path, OLD, { mode: 0o640 });
  });

  afterEach(async () => {
    await rm(join(folder, ".."), { recursive: true, force: true });
  });

  function replace(fs: FileSystem = nodeFs, expectedRevision = revisionOf(OLD)) {
    return replaceFile(fs, { path, expectedRevision, text: NEW });
  }

  async function expectOldFile(): Promise<void> {
    expect(await readFile(path, "utf8")).toBe(OLD);
    expect(await readdir(folder)).toEqual(["reviews.yaml"]);
  }

  it("writes, syncs and renames in this order, and leaves nothing beside the file", async () => {
    const { fs, steps } = scriptedFs(null);
    expect(await replace(fs)).toEqual({ ok: true, value: undefined });
    expect(steps).toEqual(["open", "write", "chmod", "sync", "close", "rename", "syncFolder"]);
    expect(await readFile(path, "utf8")).toBe(NEW);
    expect(await readdir(folder)).toEqual(["reviews.yaml"]);
  });

  it("keeps the file's mode, whatever the process' mask", async () => {
    await chmod(path, 0o666);
    await replace();
    expect((await stat(path)).mode & 0o777).toBe(0o666);
  });

  it.each<[FailingStep, string, string, string]>([
    ["open", "EROFS", "the folder is mounted read-only (EROFS)", "Mount the folder writable for Weft, then apply again."],
    ["open", "EACCES", "Weft may not write in this folder (EACCES)", "Give the user that Weft runs as the right to write in the folder."],
    ["write", "ENOSPC", "the disk is full (ENOSPC)", "Make room on the disk that holds the folder, then apply again."],
    ["write", "EDQUOT", "the disk quota is used up (EDQUOT)", "Make room within the quota, then apply again."],
    ["sync", "ENOSPC", "the disk is full (ENOSPC)", "Make room on the disk that holds the folder, then apply again."],
    ["sync", "EIO", "the disk reports an error (EIO)", "Look at the machine's disk, then apply again."],
    ["close", "ENOSPC", "the disk is full (ENOSPC)", "Make room on the disk that holds the folder, then apply again."],
    [
      "chmod",
      "EPERM",
      "Weft may not write in this folder, or may not keep the file's owner (EPERM)",
      "Run Weft as the owner of the files, or let everyone read them.",
    ],
    ["rename", "EACCES", "Weft may not write in this folder (EACCES)", "Give the user that Weft runs as the right to write in the folder."],
    ["rename", "ENOSPC", "the disk is full (ENOSPC)", "Make room on the disk that holds the folder, then apply again."],
    ["rename", "EWEIRD", "the system refused (EWEIRD)", "Look at the folder and its rights, then apply again."],
  ])("leaves the old file whole when %s fails with %s", async (step, code, reason, mend) => {
    const result = await replace(scriptedFs({ step, code }).fs);
    expect(result.ok ? null : { code: result.error.code, message: result.error.message, mend: result.error.mend }).toEqual({
      code: "SOURCE_REFUSED",
      message: `routes/reviews.yaml could not be written: ${reason}. The old file is whole.`,
      mend,
    });
    await expectOldFile();
  });

  it("does not count a folder that cannot be synced as a failure, since the rename stands", async () => {
    expect((await replace(scriptedFs({ step: "syncFolder", code: "EINVAL" }).fs)).ok).toBe(true);
    expect(await readFile(path, "utf8")).toBe(NEW);
  });

  it("tells a folder that is gone from a file that is gone", async () => {
    await rm(path);
    const gone = await replace();
    expect(gone.ok ? null : [gone.error.code, gone.error.message]).toEqual([
      "CONFLICT",
      "routes/reviews.yaml is no longer there. Weft wrote nothing over it.",
    ]);
    await rm(folder, { recursive: true });
    const missing = await replace();
    expect(missing.ok ? null : [missing.error.code, missing.error.message]).toEqual([
      "SOURCE_REFUSED",
      "routes/reviews.yaml could not be written: the folder is gone (ENOENT). The old file is whole.",
    ]);
  });

  it("refuses a file that holds other bytes, and says since when", async () => {
    await utimes(path, 1_700_000_000, 1_700_000_000);
    const result = await replace(nodeFs, revisionOf("something else"));
    expect(result.ok ? null : [result.error.code, result.error.message]).toEqual([
      "CONFLICT",
      "routes/reviews.yaml was changed by someone else since it was read, last at 2023-11-14T22:13:20.000Z. Weft wrote nothing over it.",
    ]);
    await expectOldFile();
  });

  it("does not replace a symbolic link", async () => {
    const other = join(folder, "..", "other.yaml");
    await rm(path);
    await writeFile(other, OLD);
    await symlink(other, path);
    const result = await replace();
    expect(result.ok ? null : result.error.message).toBe("routes/reviews.yaml is no longer a regular file. Weft wrote nothing over it.");
    expect(await readFile(other, "utf8")).toBe(OLD);
  });

  it.each<FailingStep>(["open", "write", "sync", "close"])("sees somebody else's write that falls into the step %s", async (when) => {
    const { fs } = scriptedFs(null, async (step) => {
      if (step === when) await writeFile(path, "theirs");
    });
    const result = await replace(fs);
    expect(result.ok ? null : result.error.code).toBe("CONFLICT");
    expect(await readFile(path, "utf8")).toBe("theirs");
    expect(await readdir(folder)).toEqual(["reviews.yaml"]);
  });

  it("sees somebody else's write that comes right after its own", async () => {
    const { fs } = scriptedFs(null, async (step) => {
      if (step === "syncFolder") await writeFile(path, "theirs");
    });
    const result = await replace(fs);
    expect(result.ok ? null : result.error.message).toBe("routes/reviews.yaml was replaced by someone else right after Weft wrote it.");
  });

  it("queues writers of one file by its real path, whatever path they use", async () => {
    const alias = join(folder, "..", "alias");
    await symlink(folder, alias);
    let inside = 0;
    let most = 0;
    const { fs } = scriptedFs(null, async (step) => {
      if (step === "open") most = Math.max(most, ++inside);
      if (step === "syncFolder") inside -= 1;
    });
    const paths = [path, join(alias, "reviews.yaml"), path, join(alias, "reviews.yaml")];
    const results = await Promise.all(
      paths.map((one, index) => replaceFile(fs, { path: one, expectedRevision: revisionOf(OLD), text: `${NEW}${index}` })),
    );
    // Finding the real path takes its own time, so any of them can be the first.
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect(most).toBe(1);
  });

  it("goes on with the queue after a writer that failed", async () => {
    const [first, second] = await Promise.all([replace(scriptedFs({ step: "write", code: "ENOSPC" }).fs), replace()]);
    expect([first.ok, second.ok]).toEqual([false, true]);
  });
});

describe("sweepTemporaries", () => {
  it("removes what a dead process left, and nothing that is young or not its own", async () => {
    const folder = await mkdtemp(join(tmpdir(), "weft-sweep-"));
    const stale = "reviews.yaml.weft-tmp-0123456789abcdef";
    const names = [stale, "young.yaml.weft-tmp-0123456789abcdef", "x.weft-tmp-notes", "reviews.yaml"];
    await Promise.all(names.map((name) => writeFile(join(folder, name), "x")));
    const nowMs = Date.now();
    for (const name of names.filter((one) => !one.startsWith("young")))
      await utimes(join(folder, name), nowMs / 1000 - 60, nowMs / 1000 - 60);
    expect(await sweepTemporaries(nodeFs, folder, nowMs, 10_000)).toEqual([stale]);
    expect((await readdir(folder)).toSorted()).toEqual(names.filter((name) => name !== stale).toSorted());
    await rm(folder, { recursive: true });
    expect(await sweepTemporaries(nodeFs, folder, nowMs, 10_000)).toEqual([]);
  });
});
