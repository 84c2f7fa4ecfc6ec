import { describe, expect, it } from "vitest";

import { isError, isNeverArrived } from "./outcome.ts";

describe("an error", () => {
  it.each([
    [200, [], null, false],
    [404, ["NR"], null, false],
    [429, ["RL"], null, false],
    [499, [], null, false],
    [500, [], null, true],
    [503, ["UH"], null, true],
    [504, ["UT"], null, true],
    [0, ["DC"], null, true],
    [0, [], null, true],
    [200, ["DR"], null, true],
    [null, [], null, false],
    [200, [], 0, false],
    [200, [], 1, false],
    [200, [], 3, false],
    [200, [], 5, false],
    [200, [], 7, false],
    [200, [], 16, false],
    ...[2, 4, 8, 12, 13, 14, 15].map((status): [number, string[], number, boolean] => [200, [], status, true]),
    [503, [], 0, true],
  ])("code %s, flags %j, gRPC status %s: %s", (code, flags, grpc, expected) => {
    expect(isError({ code, flags, grpc })).toBe(expected);
  });
});

it.each([
  [["UH"], true],
  [["UF"], true],
  [["URX", "UF"], true],
  [["UF", "URX"], true],
  [["UO"], true],
  [["NC"], true],
  [[], false],
  [["URX"], false],
  [["UC"], false],
  [["UT"], false],
  [["NR"], false],
  [["DC"], false],
])("flags %j mean that nobody got it: %s", (flags, expected) => {
  expect(isNeverArrived(flags)).toBe(expected);
});
