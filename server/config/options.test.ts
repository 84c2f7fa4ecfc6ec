import { describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";

import { parseOptions } from "./options.ts";

function refusal(input: unknown): WeftError {
  try {
    parseOptions(input);
  } catch (error) {
    if (error instanceof WeftError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

describe("parseOptions", () => {
  it("has a default for everything but where the mesh is", () => {
    expect(parseOptions({})).toMatchObject({
      port: 4600,
      dataDir: ".weft/data",
      pollIntervalMs: 1_000,
      isReadOnly: false,
      logLevel: "warn",
    });
    expect(parseOptions({})).not.toHaveProperty("proxiesDir");
  });

  it("takes numbers as they come from a command line", () => {
    expect(parseOptions({ port: "0", pollIntervalMs: "250" })).toMatchObject({ port: 0, pollIntervalMs: 250 });
  });

  it.each([
    [{ port: "http" }, "--port"],
    [{ port: 65_536 }, "--port"],
    [{ port: 80.5 }, "--port"],
    [{ dataDir: "" }, "--data-dir"],
    [{ proxiesDir: "" }, "--proxies"],
    [{ routesDir: 7 }, "--routes"],
    [{ listenersDir: "" }, "--listeners"],
    [{ pollIntervalMs: 249 }, "--poll-ms"],
    [{ validateBinary: "" }, "--envoy"],
    [{ otlpHttp: "open" }, "--otlp-http"],
    [{ otlpGrpc: 70_000 }, "--otlp-grpc"],
    [{ zipkin: -1 }, "--zipkin"],
    [{ keepSpansMib: 1 }, "--keep-spans-mib"],
    [{ keepSpansHours: "long" }, "--keep-spans-hours"],
    [{ telemetryOtlp: "collector:4318" }, "--telemetry-otlp"],
    [{ telemetryOtlp: "http://me:secret@collector:4318" }, "--telemetry-otlp"],
  ])("names the flag that is wrong in %o", (input, flag) => {
    const error = refusal(input);
    expect(error).toMatchObject({ code: "INVALID", field: flag, mend: "See ./weft up --help" });
    expect(error.message).toMatch(new RegExp(`^${flag}: \\S`));
  });

  it("can turn a way in for spans off, and leaves the usual port to the one who opens it", () => {
    expect(parseOptions({ otlpHttp: "off", zipkin: "9412" })).toMatchObject({ otlpHttp: null, zipkin: 9412 });
    expect(parseOptions({})).not.toHaveProperty("otlpHttp");
  });

  it("takes nothing that it does not know", () => {
    expect(refusal({ colour: "blue" }).message).toContain("colour");
    expect(refusal(null).code).toBe("INVALID");
  });
});
