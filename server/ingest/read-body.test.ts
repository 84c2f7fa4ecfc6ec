import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

import { afterEach, describe, expect, it } from "vitest";

import { systemScheduler } from "../telemetry/system-time.ts";
import { ByteBudget } from "./byte-budget.ts";
import { INGEST_LIMITS, type IngestLimits } from "./limits.ts";
import { type BodyRead, readBody } from "./read-body.ts";
import { send } from "./testing/http-client.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** Remembers the most that was taken at once. */
class WatchedBudget extends ByteBudget {
  most = 0;

  override take(bytes: number): boolean {
    const isTaken = super.take(bytes);
    this.most = Math.max(this.most, this.used);
    return isTaken;
  }
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Sends a body to a server that reads it with `limits`; answers what was read, and the most that was held. */
async function read(
  body: Buffer | Buffer[],
  isGzip: boolean,
  limits: Partial<IngestLimits> = {},
): Promise<{ read: BodyRead; most: number; left: number }> {
  const budget = new WatchedBudget(limits.readingBytes ?? INGEST_LIMITS.readingBytes);
  let result: BodyRead | null = null;
  const handle = async (request: IncomingMessage): Promise<void> => {
    result = await readBody(request, isGzip, { limits: { ...INGEST_LIMITS, ...limits }, budget, scheduler: systemScheduler });
  };
  const server = createServer((request, response) => void handle(request).then(() => response.end()));
  closing.push(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await send(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { body });
  if (result === null) throw new Error("the body was never read");
  return { read: result, most: budget.most, left: budget.used };
}

const causeOf = (read: BodyRead): string | null => (read.ok ? null : (read.refusal?.cause ?? "gone"));

describe("a body", () => {
  it("is whole, and its bytes stay taken until they are given back", async () => {
    const body = Buffer.alloc(300 * KIB, "ab");
    const plain = await read(body, false);
    expect(plain.read.ok && plain.read.body.equals(body)).toBe(true);
    expect(plain.left).toBe(body.length);
  });

  it("is decompressed, also when it comes in several members and many chunks", async () => {
    const members = Buffer.concat([gzipSync("one "), gzipSync("two")]);
    const chunks = [...members].map((byte) => Buffer.from([byte]));
    const { read: got } = await read(chunks, true);
    expect(got.ok && got.body.toString()).toBe("one two");
  });

  it("of 200 MiB in a small bomb is given up before two MiB were held", async () => {
    const bomb = Buffer.concat(Array.from({ length: 200 }, () => gzipSync(Buffer.alloc(MIB))));
    const { read: got, most, left } = await read(bomb, true);
    expect([causeOf(got), left]).toEqual(["ratio", 0]);
    expect(most).toBeLessThan(2 * MIB);
  });

  it("may shrink by more than a hundred times while it is small", async () => {
    const { read: got } = await read(gzipSync(Buffer.alloc(MIB)), true);
    expect(got.ok && got.body.length).toBe(MIB);
  });

  it.each([
    { name: "sent as it is", body: Array.from({ length: 20 }, () => Buffer.alloc(64 * KIB)), isGzip: false },
    { name: "compressed", body: gzipSync(Buffer.alloc(1280 * KIB)), isGzip: true },
  ])("over the limit, $name, never holds more than the limit", async ({ body, isGzip }) => {
    const { read: got, most, left } = await read(body, isGzip, { bodyBytes: 300 * KIB });
    expect([causeOf(got), left]).toEqual(["large", 0]);
    expect(most).toBeLessThanOrEqual(300 * KIB);
  });

  it("whose compressed form alone is over the limit is refused", async () => {
    // Stored, not compressed: about as large in as out.
    const { read: got } = await read(gzipSync(Buffer.alloc(300 * KIB), { level: 0 }), true, { bodyBytes: 200 * KIB });
    expect(causeOf(got)).toBe("large");
  });

  it.each([
    { name: "cut", body: gzipSync("x".repeat(5_000)).subarray(0, 30) },
    { name: "without its end", body: gzipSync("x".repeat(5_000)).subarray(0, -1) },
    { name: "with a wrong checksum", body: flip(gzipSync("hello"), -6) },
    { name: "not gzip at all", body: Buffer.from("hello") },
  ])("in gzip that is $name is malformed, and its memory is given back", async ({ body }) => {
    const { read: got, left } = await read(body, true);
    expect([causeOf(got), left]).toEqual(["malformed", 0]);
  });

  it("is refused when the others hold all the memory there is", async () => {
    const { read: got, most, left } = await read(Buffer.alloc(200 * KIB), false, { readingBytes: 100 * KIB });
    expect([causeOf(got), left]).toEqual(["busy", 0]);
    expect(most).toBeLessThanOrEqual(100 * KIB);
  });
});

function flip(bytes: Buffer, at: number): Buffer {
  const flipped = Buffer.from(bytes);
  const index = bytes.length + at;
  flipped[index] = (flipped[index] ?? 0) ^ 0xff;
  return flipped;
}
