import { describe, expect, it } from "vitest";

import { parseOptions } from "./options.ts";

describe("parseOptions", () => {
  it("has the defaults that the help tells", () => {
    expect(parseOptions([])).toMatchObject({
      controlPort: 4601,
      rps: 60,
      seed: 1,
      otlpHttp: undefined,
      otlpGrpc: undefined,
      prometheus: false,
      exitWithParent: false,
    });
    expect(parseOptions([]).runDir).toMatch(/^\/.*\.weft\/demo$/);
  });

  it("takes everything", () => {
    const args =
      "--run-dir /tmp/x --control-port 0 --rps 128 --seed 7 --otlp-http localhost:4318 --otlp-grpc 127.0.0.1:4317 --prometheus --exit-with-parent";
    expect(parseOptions(args.split(" "))).toEqual({
      runDir: "/tmp/x",
      controlPort: 0,
      rps: 128,
      seed: 7,
      otlpHttp: "127.0.0.1:4318",
      otlpGrpc: "127.0.0.1:4317",
      prometheus: true,
      exitWithParent: true,
    });
  });

  it.each([
    [["--rps", "many"], '--rps takes a number from 0.1 to 500, not "many".'],
    [["--rps", ""], '--rps takes a number from 0.1 to 500, not "".'],
    [["--seed", "1.5"], "--seed takes a whole number"],
    [["--control-port", "70000"], "--control-port takes a whole number from 0 to 65535"],
    [["--otlp-http", "collector.example:4318"], "--otlp-http takes 127.0.0.1:PORT"],
    [["--otlp-grpc", "127.0.0.1:0"], "--otlp-grpc takes 127.0.0.1:PORT"],
    [["--what"], "--what"],
  ])("refuses %j", (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});
