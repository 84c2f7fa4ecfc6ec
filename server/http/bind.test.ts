import { request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";

import fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { endpoints } from "#lib/contract/endpoints.ts";
import { err, WeftError } from "#lib/model/errors.ts";

import { bind } from "./bind.ts";

const REFUSED = err(new WeftError("UNSUPPORTED", "Nothing is read here", { mend: "Ask elsewhere" }));

describe("the signal of a call", () => {
  let app: FastifyInstance;
  let signal: Promise<AbortSignal>;
  let answer: () => void;

  beforeEach(async () => {
    app = fastify();
    const { promise, resolve } = Promise.withResolvers<AbortSignal>();
    const held = Promise.withResolvers<void>();
    signal = promise;
    answer = held.resolve;
    bind(app, endpoints.getGraph, async (call) => {
      resolve(call.signal);
      await held.promise;
      return REFUSED;
    });
    await app.listen({ host: "127.0.0.1", port: 0 });
  });

  afterEach(async () => {
    answer();
    await app.close();
  });

  function ask(): ReturnType<typeof httpRequest> {
    const { port } = app.server.address() as AddressInfo;
    const request = httpRequest({ host: "127.0.0.1", port, path: endpoints.getGraph.path });
    request.on("error", () => undefined);
    request.end();
    return request;
  }

  it("aborts when the client goes away before it has its answer", async () => {
    const request = ask();
    const given = await signal;
    expect(given.aborted).toBe(false);
    const aborted = new Promise((resolve) => given.addEventListener("abort", resolve, { once: true }));
    request.destroy();
    await aborted;
    expect(given.aborted).toBe(true);
  });

  it("does not abort for a client that got its answer and goes then", async () => {
    const request = ask();
    const given = await signal;
    answer();
    await new Promise((resolve) => request.on("response", (response) => response.resume().on("close", resolve)));
    request.destroy();
    await app.close();
    expect(given.aborted).toBe(false);
  });
});
