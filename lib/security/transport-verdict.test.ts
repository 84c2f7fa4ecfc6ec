import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ServerDemand, TransportSecurity, TransportVerdict } from "#lib/model/tls.ts";

import { agreementOf, joinClients, joinDemands, joinVerdicts, transportVerdict } from "./transport-verdict.ts";

const TABLE: readonly [TransportSecurity, ServerDemand, TransportVerdict][] = [
  ["mutual", "strict", "mutual"],
  ["mutual", "permissive", "mutual"],
  ["mutual", "oneWay", "oneWay"],
  ["mutual", "off", "broken"],
  ["mutual", "unknown", "unknown"],
  ["oneWay", "strict", "broken"],
  ["oneWay", "permissive", "unknown"],
  ["oneWay", "oneWay", "oneWay"],
  ["oneWay", "off", "broken"],
  ["oneWay", "unknown", "unknown"],
  ["plaintext", "strict", "broken"],
  ["plaintext", "permissive", "plaintext"],
  ["plaintext", "oneWay", "broken"],
  ["plaintext", "off", "plaintext"],
  ["plaintext", "unknown", "unknown"],
  ["mixed", "strict", "mixed"],
  ["mixed", "permissive", "mixed"],
  ["mixed", "oneWay", "mixed"],
  ["mixed", "off", "mixed"],
  ["mixed", "unknown", "unknown"],
  ["unknown", "strict", "unknown"],
  ["unknown", "permissive", "unknown"],
  ["unknown", "oneWay", "unknown"],
  ["unknown", "off", "unknown"],
  ["unknown", "unknown", "unknown"],
];

describe("transportVerdict", () => {
  it("has every pair in its table", () => {
    expect(new Set(TABLE.map(([client, server]) => `${client} ${server}`)).size).toBe(
      TransportSecurity.options.length * ServerDemand.options.length,
    );
  });

  it.each(TABLE)("%s to %s is %s", (client, server, verdict) => {
    expect(transportVerdict(client, server)).toBe(verdict);
  });
});

describe("several proxies of one side", () => {
  it.each([
    [[], "unknown"],
    [["mutual", "mutual"], "mutual"],
    [["mutual", "unknown"], "mutual"],
    [["mutual", "plaintext"], "mixed"],
    [["mixed", "mutual"], "mixed"],
    [["unknown"], "unknown"],
  ] as const)("callers %j are %s", (says, joined) => {
    expect(joinClients(says)).toBe(joined);
  });

  it.each([
    [[], "unknown"],
    [["strict", "strict"], "strict"],
    [["strict", "unknown"], "strict"],
    [["strict", "permissive"], "permissive"],
    [["strict", "off"], "permissive"],
    [["strict", "oneWay"], "oneWay"],
    [["oneWay", "off"], "permissive"],
  ] as const)("servers %j are %s", (says, joined) => {
    expect(joinDemands(says)).toBe(joined);
  });

  it.each([
    [[], "unknown"],
    [["mutual", "mutual"], "mutual"],
    [["mutual", "broken"], "mixed"],
    [["mutual", "unknown"], "unknown"],
    [["mutual", "plaintext", "unknown"], "mixed"],
  ] as const)("verdicts %j are %s", (verdicts, joined) => {
    expect(joinVerdicts(verdicts)).toBe(joined);
  });

  it("join in any order alike, and never to something safer than a part", () => {
    const demands = fc.array(fc.constantFrom(...ServerDemand.options));
    fc.assert(
      fc.property(demands, (says) => {
        expect(joinDemands(says.toReversed())).toBe(joinDemands(says));
        if (joinDemands(says) === "strict") expect(says.every((one) => one === "strict" || one === "unknown")).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...TransportVerdict.options)), (verdicts) => {
        expect(joinVerdicts(verdicts.toReversed())).toBe(joinVerdicts(verdicts));
        if (joinVerdicts(verdicts) === "mutual") expect(new Set(verdicts)).toEqual(new Set(["mutual"]));
      }),
    );
  });
});

describe("agreementOf", () => {
  it.each([
    ["mutual", ["mutual"], "agrees"],
    ["plaintext", ["mutual"], "differs"],
    ["mixed", ["mutual"], "differs"],
    ["mixed", ["mutual", "plaintext"], "agrees"],
    ["mixed", ["mixed"], "agrees"],
    ["plaintext", ["mutual", "plaintext"], "agrees"],
    ["plaintext", ["mutual", "oneWay"], "differs"],
    ["plaintext", ["mixed"], "unknown"],
    ["mutual", ["broken"], "differs"],
    ["unknown", ["mutual"], "unknown"],
    ["mutual", ["unknown"], "unknown"],
    ["mutual", ["mutual", "unknown"], "unknown"],
    ["mutual", [], "unknown"],
  ] as const)("%s seen, %j declared: %s", (observed, verdicts, agreement) => {
    expect(agreementOf(observed, verdicts)).toBe(agreement);
  });
});
