import { fork, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { HostAnswers, HostQuestion, HostReply } from "../apps/messages.ts";
import type { Reaper } from "./reaper.ts";

const ENTRY = fileURLToPath(new URL("../apps/main.ts", import.meta.url));
/** Long, for the first answer comes after the process has loaded, which on a crowded machine takes its time. */
const ANSWER_TIMEOUT_MS = 60_000;

/** An application process and the questions it can be asked. */
export interface AppProcess {
  readonly name: string;
  readonly pid: number;
  /** Resolves when the process has ended. */
  readonly exited: Promise<void>;
  ask<K extends HostQuestion["kind"]>(question: Extract<HostQuestion, { kind: K }>): Promise<HostAnswers[K]>;
  kill(): void;
}

export function forkApps(name: string, logFile: string, reaper: Reaper): AppProcess {
  const log = openSync(logFile, "a");
  const child = fork(ENTRY, [name], {
    stdio: ["ignore", log, log, "ipc"],
    serialization: "advanced",
    // Small young generations keep five Node processes within the demo's memory; what they hold is short-lived and little.
    execArgv: ["--max-semi-space-size=2", "--disable-warning=ExperimentalWarning"],
  });
  closeSync(log);
  const pid = child.pid ?? 0;
  if (pid > 0) reaper.watch(pid);
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => {
      reaper.forget(pid);
      resolve();
    });
    child.once("error", () => resolve());
  });
  const ask = questioner(name, child, exited);
  return { name, pid, exited, ask, kill: () => void child.kill("SIGKILL") };
}

function questioner(name: string, child: ChildProcess, exited: Promise<void>): AppProcess["ask"] {
  const waiting = new Map<number, (reply: HostReply) => void>();
  let lastId = 0;
  child.on("message", (reply: HostReply) => {
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  void exited.then(() => {
    for (const [id, settle] of waiting) settle({ id, problem: "the process ended" });
    waiting.clear();
  });
  return async <K extends HostQuestion["kind"]>(question: Extract<HostQuestion, { kind: K }>): Promise<HostAnswers[K]> => {
    lastId += 1;
    const id = lastId;
    const reply = await new Promise<HostReply>((resolve) => {
      const timer = setTimeout(() => resolve({ id, problem: "no answer in time" }), ANSWER_TIMEOUT_MS);
      waiting.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      child.send({ id, question }, (cause) => {
        if (cause !== null) waiting.get(id)?.({ id, problem: cause.message });
      });
    });
    if ("problem" in reply) throw new Error(`the applications of ${name} failed: ${reply.problem}`);
    // The host answers each question with the type that its kind stands for; the channel only loses the connection between the two.
    return reply.answer as HostAnswers[K];
  };
}
