import { request } from "node:http";

import protobuf from "protobufjs/minimal.js";

/** One observation of a native histogram: how many calls were in each of its buckets, since the counter began. */
interface HistogramSample {
  atMs: number;
  sum: number;
  /** Consecutive buckets of schema 0, from `(1, 2]` on: each is twice as wide as the one before. */
  buckets: readonly number[];
}

/** Writes native histograms into a Prometheus over its remote write interface (version 1). Throws with the server's reason. */
export async function writeNativeHistogram(
  url: string,
  labels: Readonly<Record<string, string>>,
  samples: readonly HistogramSample[],
): Promise<void> {
  const series = protobuf.Writer.create();
  // Prometheus wants labels in order of their names.
  for (const [name, value] of Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    series.uint32(field(1, 2)).fork().uint32(field(1, 2)).string(name).uint32(field(2, 2)).string(value).ldelim();
  }
  for (const sample of samples) writeHistogram(series.uint32(field(4, 2)).fork(), sample).ldelim();
  const body = protobuf.Writer.create().uint32(field(1, 2)).bytes(series.finish()).finish();
  await post(`${url}/api/v1/write`, literalSnappy(body));
}

function writeHistogram(writer: protobuf.Writer, { atMs, sum, buckets }: HistogramSample): protobuf.Writer {
  const count = buckets.reduce((total, one) => total + one, 0);
  writer.uint32(field(1, 0)).uint64(count).uint32(field(3, 1)).double(sum).uint32(field(4, 0)).sint32(0);
  writer.uint32(field(5, 1)).double(0.001).uint32(field(6, 0)).uint64(0);
  // One span: bucket 1 of schema 0 is (1, 2].
  writer.uint32(field(11, 2)).fork().uint32(field(1, 0)).sint32(1).uint32(field(2, 0)).uint32(buckets.length).ldelim();
  writer.uint32(field(12, 2)).fork();
  for (const [index, value] of buckets.entries()) writer.sint64(value - (buckets[index - 1] ?? 0));
  writer.ldelim();
  return writer.uint32(field(15, 0)).int64(atMs);
}

function field(number: number, wireType: 0 | 1 | 2): number {
  return (number << 3) | wireType;
}

/** Snappy's block format with nothing compressed: stretches of at most 64 KiB as they are. */
function literalSnappy(bytes: Uint8Array): Buffer {
  const parts: Uint8Array[] = [protobuf.Writer.create().uint32(bytes.length).finish()];
  for (let at = 0; at < bytes.length; at += 65_536) {
    const chunk = bytes.subarray(at, at + 65_536);
    parts.push(Uint8Array.of(61 << 2, (chunk.length - 1) & 0xff, (chunk.length - 1) >> 8), chunk);
  }
  return Buffer.concat(parts);
}

function post(url: string, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/x-protobuf",
      "content-encoding": "snappy",
      "x-prometheus-remote-write-version": "0.1.0",
    };
    const sent = request(url, { method: "POST", headers, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => void (text += chunk));
      answer.once("end", () =>
        answer.statusCode === 204 || answer.statusCode === 200 ? resolve() : reject(new Error(`${answer.statusCode}: ${text}`)),
      );
    });
    sent.once("error", reject);
    sent.end(body);
  });
}
