import { parentPort } from "node:worker_threads";

import type { QueryMessage, QueryReply } from "../query-messages.ts";

/** Answers every question with its arguments; one may block it or kill it, by name. */
parentPort?.on("message", ({ id, args, gaveUp }: QueryMessage) => {
  if (args[0] === "dies") throw new Error("out of luck");
  if (args[0] === "blocks until given up") while (Atomics.load(gaveUp, 0) === 0) Atomics.wait(gaveUp, 0, 0, 10);
  const reply: QueryReply = { id, ok: true, value: args };
  parentPort?.postMessage(reply, []);
});
