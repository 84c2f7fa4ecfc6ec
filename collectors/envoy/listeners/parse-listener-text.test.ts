import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { whySecret } from "./inline-secrets.ts";
import { parseListenerText } from "./parse-listener-text.ts";
import { chainOf, fileOf, LEDGER_YAML, listenerOf } from "./testing/listener-texts.ts";

const json = (value: unknown): string => JSON.stringify(value);
const PEM = ["-----BEGIN", "PRIVATE KEY-----"].join(" ");

describe("parseListenerText", () => {
  it("reads what a human wrote", () => {
    const parsed = parseListenerText(LEDGER_YAML, "yaml");
    expect(parsed).toMatchObject({ problem: null, versionInfo: "1" });
    expect(parsed.listeners.map((listener) => [listener.name, listener.filter_chains.length])).toEqual([
      ["inbound", 2],
      ["outbound_bank", 1],
    ]);
  });

  it.each<[string, string, string]>([
    ["nothing", "", "The file is empty."],
    ["half a file", LEDGER_YAML.slice(0, LEDGER_YAML.indexOf("127.0.0.1")), "The file is not valid YAML: line 7"],
    ["half of a JSON file", json(fileOf([listenerOf([])])).slice(0, -5), "The file is not valid YAML"],
    ["no resources", "version_info: x", "The file holds no listener."],
    [
      "something else",
      "resources: [{ '@type': type.googleapis.com/envoy.config.route.v3.RouteConfiguration }]",
      "The file holds envoy.config.route.v3.RouteConfiguration, not only Listeners.",
    ],
    ["no type", "resources: [{ name: x }]", "The file holds something without @type, not only Listeners."],
    ["a list in the place of an object", "resources: [[]]", "The file is not what Envoy reads as listeners: resources.0"],
    [
      "chains that are none",
      json(fileOf([listenerOf([], { filter_chains: 3 })])),
      "The file is not what Envoy reads as listeners: resources.0.filter_chains",
    ],
    ["two of one name", json(fileOf([listenerOf([]), listenerOf([])])), "Two listeners are called inbound"],
    ["camel case", json(fileOf([listenerOf([{ ...chainOf("plaintext", "x"), transportSocket: {} }])])), "camelCase"],
    ["merge keys", LEDGER_YAML.replace("    filter_chains: [{", "    filter_chains: [{ <<: {},"), "merge keys"],
    ["a key in it", LEDGER_YAML.replace("team payments.", PEM), "The file itself holds a private key"],
  ])("says what is wrong with %s", (_, text, words) => {
    expect(parseListenerText(text, "yaml").problem).toContain(words);
  });

  it("never throws, whatever is cut, doubled or replaced", () => {
    fc.assert(
      fc.property(fc.nat(LEDGER_YAML.length), fc.nat(40), fc.string({ unit: "binary", maxLength: 8 }), (at, length, words) => {
        const parsed = parseListenerText(LEDGER_YAML.slice(0, at) + words + LEDGER_YAML.slice(at + length), "yaml");
        expect(parsed.problem !== null || parsed.listeners.length > 0).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

const inSocket = (context: object): object =>
  fileOf([listenerOf([{ transport_socket: { typed_config: { common_tls_context: context } } }])]);

describe("whySecret", () => {
  it.each<[string, object, boolean]>([
    ["a key in a file of its own", inSocket({ tls_certificates: [{ private_key: { filename: "/key.pem" } }] }), false],
    ["a certificate", inSocket({ tls_certificates: [{ certificate_chain: { inline_string: "PEM" } }] }), false],
    ["a key inline", inSocket({ tls_certificates: [{ private_key: { inline_string: "x" } }] }), true],
    ["a key in bytes", inSocket({ tls_certificates: [{ private_key: { inline_bytes: "eA==" } }] }), true],
    ["a key in camel case", inSocket({ tls_certificates: [{ privateKey: { inlineBytes: "eA==" } }] }), true],
    ["a password", inSocket({ tls_certificates: [{ password: { inline_string: "x" } }] }), true],
    ["ticket keys", inSocket({ session_ticket_keys: { keys: [{ inline_bytes: "eA==" }] } }), true],
    ["a token of another filter", { generic_secret: { secret: { inline_string: "x" } } }, true],
  ])("of %s", (_, data, isSecret) => {
    expect(whySecret(json(data), data) !== null).toBe(isSecret);
  });

  it("does not call harmless what lies too deep to be looked at", () => {
    let data: object = {};
    for (let depth = 0; depth < 200; depth += 1) data = { data };
    expect(whySecret("", data)).not.toBeNull();
  });
});
