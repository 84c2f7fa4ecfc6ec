import { spawn } from "node:child_process";

export interface RunOptions {
  env?: Record<string, string>;
  cwd?: string;
}

/** Runs a program with this one's output and waits for it. Answers its exit code; a signal counts as 1. */
export function runProgram(command: string, args: readonly string[], options: RunOptions = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ["ignore", "inherit", "inherit"],
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
    });
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
