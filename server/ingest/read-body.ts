import type { IncomingMessage } from "node:http";
import { createGunzip } from "node:zlib";

import type { Scheduler } from "#lib/ports/time.ts";

import type { ByteBudget } from "./byte-budget.ts";
import type { IngestLimits } from "./limits.ts";
import type { Refusal, RefusalCause } from "./refusal.ts";

/** A whole body; its length stays taken from the budget until the reader gives it back. `null` = the sender went away. */
export type BodyRead = { ok: true; body: Buffer } | { ok: false; refusal: Refusal | null };

export interface BodyParts {
  limits: IngestLimits;
  budget: ByteBudget;
  scheduler: Scheduler;
}

/** What a sender may go on sending after it was refused; then the connection is cut. */
const DISCARDED_BODIES = 4;

/**
 * Reads a body and decompresses it as it comes, so that neither a bomb nor a body without an announced length can take
 * more memory than the limits say. After a refusal the rest is read and thrown away: a sender that is cut off while it
 * still sends would never see the answer.
 */
export function readBody(request: IncomingMessage, isGzip: boolean, parts: BodyParts): Promise<BodyRead> {
  const { limits, budget, scheduler } = parts;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let sentBytes = 0;
    let keptBytes = 0;
    let isSettled = false;
    const gunzip = isGzip ? createGunzip() : null;

    const settle = (read: BodyRead): void => {
      if (isSettled) return;
      isSettled = true;
      deadline.cancel();
      gunzip?.destroy();
      if (!read.ok) budget.give(keptBytes);
      chunks.length = 0;
      request.resume();
      resolve(read);
    };
    const refuse = (cause: RefusalCause, text: string): void => settle({ ok: false, refusal: { cause, text } });
    const finish = (): void => {
      if (!isSettled) settle({ ok: true, body: Buffer.concat(chunks, keptBytes) });
    };
    const tooLarge = (): void => refuse("large", `The body is larger than ${mib(limits.bodyBytes)}; send less at a time`);
    const deadline = scheduler.after(limits.bodyMs, () =>
      refuse("slow", `The body was not here within ${limits.bodyMs / 1000} seconds; send it faster, or less at a time`),
    );
    const keep = (chunk: Buffer): void => {
      if (isSettled) return;
      const bytes = keptBytes + chunk.length;
      if (bytes > limits.bodyBytes) return tooLarge();
      if (gunzip !== null && bytes > limits.ratioFromBytes && bytes > limits.ratio * gunzip.bytesWritten) {
        return refuse("ratio", `The body grows more than ${limits.ratio} times when it is decompressed; send less at a time`);
      }
      if (!budget.take(chunk.length)) return refuse("busy", "Too many bodies are being read at once; send this one again");
      keptBytes = bytes;
      chunks.push(chunk);
      return undefined;
    };

    gunzip?.on("data", keep);
    gunzip?.on("drain", () => request.resume());
    gunzip?.on("end", finish);
    gunzip?.on("error", () => refuse("malformed", "The body is not whole, valid gzip, though its Content-Encoding says gzip"));

    request.on("data", (chunk: Buffer) => {
      sentBytes += chunk.length;
      if (isSettled) {
        if (sentBytes > DISCARDED_BODIES * limits.bodyBytes) request.destroy();
      } else if (sentBytes > limits.bodyBytes) tooLarge();
      else if (gunzip === null) keep(chunk);
      else if (!gunzip.write(chunk)) request.pause();
    });
    request.on("end", () => {
      if (isSettled) return;
      // Nothing sent is no gzip either, but it is an empty body.
      if (gunzip === null || sentBytes === 0) finish();
      else gunzip.end();
    });
    const leave = (): void => {
      if (!request.complete) settle({ ok: false, refusal: null });
    };
    request.on("close", leave);
    request.on("error", leave);
    if (Number(request.headers["content-length"] ?? 0) > limits.bodyBytes) tooLarge();
  });
}

function mib(bytes: number): string {
  return `${Math.round((bytes / 1024 / 1024) * 100) / 100} MiB`;
}
