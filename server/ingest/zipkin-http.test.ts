import { gzipSync } from "node:zlib";

import { afterEach, describe, expect, it } from "vitest";

import { JSON_TYPE, send, type Sent } from "./testing/http-client.ts";
import { openReceiver, type TestReceiver } from "./testing/open-receiver.ts";

let open: TestReceiver;
afterEach(() => open.stop());

describe("the Zipkin port", () => {
  it.each<{ name: string; path?: string; sent: Sent; status: number; text: RegExp; kept: string[] }>([
    { name: "takes JSON", sent: { headers: JSON_TYPE, body: "a\nb" }, status: 202, text: /^$/, kept: ["a", "b"] },
    {
      name: "takes gzip",
      sent: { headers: { ...JSON_TYPE, "content-encoding": "gzip" }, body: gzipSync("a") },
      status: 202,
      text: /^$/,
      kept: ["a"],
    },
    {
      name: "takes chunks",
      sent: { headers: JSON_TYPE, body: [Buffer.from("a"), Buffer.from("b")] },
      status: 202,
      text: /^$/,
      kept: ["ab"],
    },
    { name: "takes what names no type", sent: { body: "a" }, status: 202, text: /^$/, kept: ["a"] },
    { name: "takes nothing", sent: { headers: JSON_TYPE }, status: 202, text: /^$/, kept: [] },
    { name: "takes the good among bad ones", sent: { headers: JSON_TYPE, body: "a\nbad" }, status: 202, text: /^$/, kept: ["a"] },
    {
      name: "refuses a list of bad ones alone",
      sent: { headers: JSON_TYPE, body: "bad 1\nbad 2" },
      status: 400,
      text: /^bad 1 is no span\. bad 2 is no span\.\n$/,
      kept: [],
    },
    {
      name: "refuses bad data",
      sent: { headers: JSON_TYPE, body: "malformed" },
      status: 400,
      text: /^The body is not a list of lines\.\n$/,
      kept: [],
    },
    {
      name: "refuses other types",
      sent: { headers: { "content-type": "application/x-thrift" }, body: "a" },
      status: 415,
      text: /send application\/json\.\n$/,
      kept: [],
    },
    {
      name: "refuses other encodings",
      sent: { headers: { ...JSON_TYPE, "content-encoding": "br" }, body: "a" },
      status: 415,
      text: /"br"/,
      kept: [],
    },
    {
      name: "refuses the old interface",
      path: "/api/v1/spans",
      sent: { headers: JSON_TYPE, body: "a" },
      status: 404,
      text: /\/api\/v2\/spans/,
      kept: [],
    },
    { name: "refuses GET", sent: { method: "GET" }, status: 405, text: /POST/, kept: [] },
    { name: "refuses web pages", sent: { headers: { ...JSON_TYPE, origin: "null" }, body: "a" }, status: 403, text: /web pages/, kept: [] },
    { name: "refuses too much", sent: { headers: JSON_TYPE, body: Buffer.alloc(17 * 1024 * 1024) }, status: 413, text: /16 MiB/, kept: [] },
  ])("$name", async ({ path = "/api/v2/spans", sent, status, text, kept }) => {
    open = await openReceiver();
    const received = await send(open.zipkin + path, sent);
    expect(received.status).toBe(status);
    expect(received.text).toMatch(text);
    expect(received.headers.allow).toBe(status === 405 ? "POST" : undefined);
    expect(open.store.names()).toEqual(kept);
  });

  it("says when to come again while the disk is full", async () => {
    open = await openReceiver();
    open.store.refusal = "The disk is full";
    const received = await send(`${open.zipkin}/api/v2/spans`, { headers: JSON_TYPE, body: "a" });
    expect([received.status, received.headers["retry-after"], received.text]).toEqual([
      503,
      "10",
      "The disk is full. Send this again later.\n",
    ]);
  });
});
