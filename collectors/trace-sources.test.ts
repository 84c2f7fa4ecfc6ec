import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { selfSigned } from "./prometheus/testing/self-signed.ts";
import { createHttpFetcher } from "./shared/http-fetcher.ts";
import { systemClock as clock, systemScheduler as scheduler } from "./shared/testing/system-time.ts";
import { createTraceSources, type TraceReaderOptions } from "./trace-sources.ts";

const folder = mkdtempSync(join(tmpdir(), "trace-sources-"));
const http = createHttpFetcher({ clock, scheduler });
const caFile = join(folder, "ca.pem");
let url = "";
let close = async (): Promise<void> => undefined;

beforeAll(async () => {
  const { cert, key } = await selfSigned("valid");
  writeFileSync(caFile, cert);
  const server = createServer({ cert, key }, (_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end("[]");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
});

afterAll(async () => {
  await Promise.all([close(), http.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const zipkin = (more: Partial<TraceReaderOptions> = {}): TraceReaderOptions => ({
  id: "zipkin",
  kind: "zipkin",
  url,
  timeoutMs: 5_000,
  ...more,
});

describe("createTraceSources", () => {
  it("makes a reader of each kind, in the given order, and asks nobody yet", async () => {
    const jaeger: TraceReaderOptions = { id: "jaeger", kind: "jaeger", url: "http://127.0.0.1:1", timeoutMs: 100 };
    const { sources } = await createTraceSources([jaeger, zipkin()], { clock, scheduler, http });
    expect(sources.map(({ id }) => id)).toEqual(["jaeger", "zipkin"]);
  });

  it("trusts the authority that is named for a source, and it alone", async () => {
    const { sources, close: end } = await createTraceSources([zipkin({ caFile }), zipkin({ id: "stranger" })], { clock, scheduler, http });
    expect(await sources[0]?.services()).toMatchObject({ ok: true, value: { value: [] } });
    expect(await sources[1]?.services()).toMatchObject({
      ok: false,
      error: {
        code: "SOURCE_UNREACHABLE",
        message: expect.stringMatching(/^stranger: The certificate of 127\.0\.0\.1:\d+ is not to be trusted \(/),
        mend: "Renew the certificate, or name the file of the authority that signed it.",
      },
    });
    await end();
  });

  it.each([
    ["cannot be read", "none.pem", null],
    ["are none", "text.pem", "hello"],
  ])("refuses certificates that %s", async (reason, name, content) => {
    const path = join(folder, name);
    if (content !== null) writeFileSync(path, content);
    await expect(createTraceSources([zipkin({ caFile: path })], { clock, scheduler, http })).rejects.toMatchObject({
      code: "INVALID",
      field: "ca",
      message: `The certificates of zipkin in ${path} ${reason}`,
    });
  });
});
