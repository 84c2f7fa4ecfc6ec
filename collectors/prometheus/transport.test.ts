import { describe, expect, it } from "vitest";

import { createFakeTime } from "#lib/testing/fake-time.ts";

import { selfSigned } from "./testing/self-signed.ts";
import { createTransport, type TlsFiles } from "./transport.ts";

describe("createTransport", () => {
  const { clock, scheduler } = createFakeTime();
  const files = new Map<string, string>([["/junk", "hello"]]);
  const readText = async (path: string): Promise<string> => {
    const text = files.get(path);
    if (text === undefined) throw new Error("ENOENT");
    return text;
  };
  const create = (tls: TlsFiles) => createTransport("metrics", tls, { clock, scheduler, readText });

  it("is not needed where there are no files", async () => {
    expect(await create({})).toBeNull();
  });

  it("takes an authority, and a certificate with its key", async () => {
    const { cert, key } = await selfSigned("valid");
    files.set("/cert", cert).set("/key", key);
    for (const tls of [{ caFile: "/cert" }, { certFile: "/cert", keyFile: "/key" }]) await (await create(tls))?.close();
    await expect(create({ certFile: "/key", keyFile: "/cert" })).rejects.toThrow(
      "The client certificate of metrics in /key is not there: the file holds something else.",
    );
  });

  it.each<[TlsFiles, string, string]>([
    [{ certFile: "/cert" }, "keyFile", "metrics has a client certificate without its key, or a key without its certificate."],
    [{ keyFile: "/key" }, "certFile", "metrics has a client certificate without its key, or a key without its certificate."],
    [{ caFile: "/nothing" }, "caFile", "The authority of metrics in /nothing cannot be read."],
    [{ caFile: "/junk" }, "caFile", "The authority of metrics in /junk is not there: the file holds something else."],
  ])("refuses %j", async (tls, field, message) => {
    await expect(create(tls)).rejects.toMatchObject({ code: "INVALID", field, message, sourceId: "metrics" });
  });

  it("never tells what is in a file", async () => {
    files.set("/secret", "hunter2");
    const error = await create({ certFile: "/cert", keyFile: "/secret" }).catch((cause: unknown) => cause);
    expect(JSON.stringify([error, String(error)])).not.toContain("hunter2");
  });
});
