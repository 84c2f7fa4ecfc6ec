import { readFile } from "node:fs/promises";
import { get } from "node:http";

/** Status of an answer over a connection of its own; `null` = nobody answered in time. */
export function statusOf(url: string, timeoutMs = 2_000): Promise<number | null> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: timeoutMs }, (response) => {
      response.resume();
      resolve(response.statusCode ?? null);
    });
    request.once("timeout", () => request.destroy());
    request.once("error", () => resolve(null));
  });
}

/** The last lines of a log in one line, for a sentence about a program that did not start. */
export async function logTail(path: string): Promise<string> {
  const lines = (await readFile(path, "utf8").catch(() => "")).trim().split("\n");
  return lines.slice(-3).join(" | ") || "its log is empty";
}
