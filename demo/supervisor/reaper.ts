import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Ends the listed processes when this one is gone, however it went. */
export interface Reaper {
  watch(pid: number): void;
  forget(pid: number): void;
  /** Lets the reaper end; what is still listed is killed. */
  close(): void;
}

const SCRIPT = fileURLToPath(new URL("./reaper.sh", import.meta.url));

export function startReaper(): Reaper {
  // A session of its own: a signal to the whole terminal group must not take the reaper along.
  const child = spawn("/bin/sh", [SCRIPT], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  child.on("error", () => undefined);
  child.stdin.on("error", () => undefined);
  child.unref();
  const say = (verb: "+" | "-", pid: number): void => void child.stdin.write(`${verb} ${pid}\n`);
  return {
    watch: (pid) => say("+", pid),
    forget: (pid) => say("-", pid),
    close: () => void child.stdin.end(),
  };
}
