import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseRouteText } from "./parse-route-text.ts";
import type { FileFormat } from "../files/parse-document.ts";
import { readRules } from "./read-rules.ts";
import { clusterNameFacts } from "./testing/facts.ts";
import { REVIEWS_YAML, V1, V2 } from "./testing/route-texts.ts";

const TYPE = '"@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration';

function problemOf(text: string, format: FileFormat = "yaml"): string | null {
  return parseRouteText(text, format).problem;
}

/** A file with one rule whose target list is given. */
function withTargets(lines: readonly string[]): string {
  return [
    "resources:",
    `  - ${TYPE}`,
    "    name: r",
    "    virtual_hosts:",
    "      - name: h",
    "        domains: ['*']",
    "        routes:",
    "          - route:",
    ...lines.map((line) => `              ${line}`),
    "",
  ].join("\n");
}

function onlyRule(text: string) {
  const parsed = parseRouteText(text, "yaml");
  expect(parsed.problem).toBeNull();
  const [found] = readRules(parsed, 0, clusterNameFacts);
  if (found === undefined) throw new Error("no rule");
  return found.rule;
}

function weighted(...targets: string[]): string[] {
  return ["weighted_clusters:", "  clusters:", ...targets.map((target) => `    - ${target}`)];
}

describe("parseRouteText on files that are no routes", () => {
  const bomb = `x: &a [${"y,".repeat(8)}]\n${["b", "c", "d", "e", "f", "g", "h"].map((name, index) => `${name}: &${name} [${`*${"abcdefgh"[index] ?? ""}, `.repeat(9)}]`).join("\n")}\n`;

  it.each<[string, string, FileFormat, string]>([
    ["nothing", "", "yaml", "The file is empty."],
    ["blanks", "  \n\n", "yaml", "The file is empty."],
    ["a comment only", "# soon\n", "yaml", "The file is empty."],
    [
      "a broken list",
      "a: [1, 2\nb: 3\n",
      "yaml",
      "The file is not valid YAML: line 2, column 1: Flow sequence in block collection must be sufficiently indented and end with a ].",
    ],
    [
      "half a file",
      REVIEWS_YAML.slice(0, REVIEWS_YAML.indexOf(', "reviews:*"')),
      "yaml",
      "The file is not valid YAML: line 9, column 28: Flow sequence in block collection must be sufficiently indented and end with a ].",
    ],
    [
      "a scalar",
      "routes\n",
      "yaml",
      "The file is not what Envoy reads as routes: its top level: Invalid input: expected object, received string.",
    ],
    ["a key twice", "a: 1\na: 2\n", "yaml", "The file is not valid YAML: line 2, column 1: Map keys must be unique."],
    ["two documents", "a: 1\n---\nb: 2\n", "yaml", "The file holds 2 YAML documents; Envoy reads only the first."],
    ["no resources", 'version_info: "1"\n', "yaml", "The file holds no route configuration."],
    ["an empty list", "resources: []\n", "yaml", "The file holds no route configuration."],
    [
      "another kind",
      'resources: [{ "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster }]\n',
      "yaml",
      "The file holds envoy.config.cluster.v3.Cluster, not a RouteConfiguration.",
    ],
    ["an untyped resource", "resources: [{ name: x }]\n", "yaml", "The file holds something without @type, not a RouteConfiguration."],
    ["no virtual hosts", `resources: [{ ${TYPE} }]\n`, "yaml", "The route configuration has no virtual hosts."],
    [
      "camelCase",
      `resources: [{ ${TYPE}, virtualHosts: [] }]\n`,
      "yaml",
      "The file is written with camelCase field names; Weft edits snake_case ones only.",
    ],
    [
      "hosts from elsewhere",
      `resources: [{ ${TYPE}, vhds: {} }]\n`,
      "yaml",
      "The virtual hosts come from elsewhere (vhds), not from this file.",
    ],
    [
      "a list for a name",
      `resources: [{ ${TYPE}, name: [] }]\n`,
      "yaml",
      "The file is not what Envoy reads as routes: resources.0.name: Invalid input: expected string, received array.",
    ],
    [
      "an alias to nothing",
      "a: *nowhere\n",
      "yaml",
      "The file's anchors and aliases cannot be followed: Unresolved alias (the anchor must be set before the alias): nowhere.",
    ],
    [
      "an alias bomb",
      bomb,
      "yaml",
      "The file's anchors and aliases cannot be followed: Excessive alias count indicates a resource exhaustion attack.",
    ],
    ["a pit of brackets", "[".repeat(1_000_000), "yaml", "The file is nested deeper than 100 levels, which Weft does not read."],
    ["a pit of dashes", "- ".repeat(10_000), "yaml", "The file is nested deeper than 100 levels, which Weft does not read."],
    [
      "JSON that is YAML",
      "{a: 1}",
      "json",
      "The file is not valid JSON: Expected property name or '}' in JSON at position 1 (line 1 column 2).",
    ],
    [
      "half of JSON",
      '{"a": [1,',
      "json",
      "The file is not valid JSON: line 1, column 10: Flow sequence in block collection must be sufficiently indented and end with a ].",
    ],
  ])("tells %s", (_, text, format, problem) => {
    expect(problemOf(text, format)).toBe(problem);
  });

  it("tells two hosts for one domain, without case, as Envoy does", () => {
    const text = REVIEWS_YAML.replace(
      "    virtual_hosts:\n",
      "    virtual_hosts:\n      - { name: other, domains: [REVIEWS], routes: [] }\n",
    );
    expect(problemOf(text)).toBe("Two virtual hosts take the domain reviews; Envoy refuses such a file.");
  });

  it("shows every configuration of a file with two, and says why neither can be steered", () => {
    const second = REVIEWS_YAML.slice(REVIEWS_YAML.indexOf('  - "@type"')).replace("name: reviews\n", "name: second\n");
    const parsed = parseRouteText(REVIEWS_YAML + second, "yaml");
    expect(parsed.configs.map((config) => config.name)).toEqual(["reviews", "second"]);
    expect(parsed.problem).toBe("The file holds 2 route configurations; Envoy takes a file with exactly one.");
  });

  it("never throws, whatever the bytes, and always answers data or a problem", () => {
    const snippet = fc.constantFrom(
      "resources:",
      "\n  - ",
      "{",
      "}",
      "[",
      "]",
      ": ",
      "&a ",
      "*a",
      "!!binary ",
      "|\n",
      "<<: ",
      '"',
      "'",
      "\t",
      "\u0000",
      "__proto__: ",
      "? ",
      "%YAML 1.1\n",
      "---\n",
      TYPE,
      "weight: 1",
      "\r\n",
      "# x\n",
    );
    const texts = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.array(snippet, { maxLength: 40 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(texts, fc.constantFrom<FileFormat>("yaml", "json"), (text, format) => {
        const parsed = parseRouteText(text, format);
        expect(parsed.problem !== null || parsed.configs.length === 1).toBe(true);
        expect(parsed.problem ?? ".").toMatch(/\.$/);
        for (const index of parsed.configs.keys()) readRules(parsed, index, clusterNameFacts);
      }),
      { numRuns: 1_500 },
    );
  });

  it("never throws for a good file with one thing cut, doubled or replaced", () => {
    const place = fc.integer({ min: 0, max: REVIEWS_YAML.length });
    fc.assert(
      fc.property(place, place, fc.string({ maxLength: 5 }), (from, to, middle) => {
        const text = REVIEWS_YAML.slice(0, from) + middle + REVIEWS_YAML.slice(to);
        const parsed = parseRouteText(text, "yaml");
        for (const { rule } of readRules(parsed, 0, clusterNameFacts)) {
          expect(rule.legs.every((leg) => Number.isInteger(leg.weight) && leg.share >= 0 && leg.share <= 1)).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("readRules", () => {
  it("reads the rule of a plain file", () => {
    expect(onlyRule(REVIEWS_YAML)).toEqual({
      id: "reviews/main",
      match: "every path",
      legs: [
        { id: V1, service: "reviews", version: "v1", weight: 90, share: 0.9 },
        { id: V2, service: "reviews", version: "v2", weight: 10, share: 0.1 },
      ],
      timeoutMs: 5_000,
      retries: "1 retry on connect-failure, refused-stream",
      editable: true,
      reason: null,
    });
  });

  it.each<[string, string[], string]>([
    ["one target", ["cluster: a"], "All calls go to one target; a split needs weighted_clusters with two or more."],
    ["a target by header", ["cluster_header: x"], "The target of this rule is chosen for each request, so it has no fixed name."],
    ["one leg", weighted("{ name: a, weight: 1 }"), "This split has one leg only; there is nothing to move calls to."],
    [
      "a leg by header",
      weighted("{ cluster_header: x, weight: 1 }", "{ name: b, weight: 1 }"),
      "A target of this split is chosen by a request header, so it has no fixed name.",
    ],
    [
      "a leg twice",
      weighted("{ name: a, weight: 1 }", "{ name: a, weight: 2 }"),
      "a stands in this split twice, so its legs cannot be told apart.",
    ],
    ["no weight", weighted("{ name: a, weight: 1 }", "{ name: b }"), "The weight of b is missing or not a whole number."],
    ["a word", weighted("{ name: a, weight: many }", "{ name: b, weight: 1 }"), "The weight of a is missing or not a whole number."],
    [
      "a negative weight",
      weighted("{ name: a, weight: -5 }", "{ name: b, weight: 1 }"),
      "The weight of a is missing or not a whole number.",
    ],
    ["half a weight", weighted("{ name: a, weight: 12.5 }", "{ name: b, weight: 1 }"), "The weight of a is missing or not a whole number."],
    [
      "a huge weight",
      weighted("{ name: a, weight: 4294967296 }", "{ name: b, weight: 1 }"),
      "The weight of a is missing or not a whole number.",
    ],
    [
      "a quoted weight",
      weighted('{ name: a, weight: "90" }', "{ name: b, weight: 1 }"),
      "The weight of a is not written as a plain whole number.",
    ],
    [
      "an octal look",
      weighted("{ name: a, weight: 010 }", "{ name: b, weight: 1 }"),
      "The weight of a is not written as a plain whole number.",
    ],
    ["hex", weighted("{ name: a, weight: 0x5a }", "{ name: b, weight: 1 }"), "The weight of a is not written as a plain whole number."],
    [
      "a float look",
      weighted("{ name: a, weight: 90.0 }", "{ name: b, weight: 1 }"),
      "The weight of a is not written as a plain whole number.",
    ],
    [
      "a weight by alias",
      ["x: &w 5", ...weighted("{ name: a, weight: *w }", "{ name: b, weight: 1 }")],
      "The weights stand behind a YAML alias; write them out to move them here.",
    ],
    [
      "a leg by alias",
      ["x: &l { name: a, weight: 5 }", ...weighted("*l", "{ name: b, weight: 1 }")],
      "The weights stand behind a YAML alias; write them out to move them here.",
    ],
    [
      "a list that is used twice",
      ["weighted_clusters: &s { clusters: [ { name: a, weight: 5 }, { name: b, weight: 1 } ] }", "x: *s"],
      "The weights stand under a YAML anchor that is used elsewhere too, so moving them would change more than this rule.",
    ],
  ])("says why %s cannot be moved", (_, lines, reason) => {
    expect(onlyRule(withTargets(lines))).toMatchObject({ editable: false, reason });
  });

  it("lets weights under an anchor be moved that nothing refers to", () => {
    expect(onlyRule(withTargets(["weighted_clusters: &s { clusters: [ { name: a, weight: 5 }, { name: b, weight: 1 } ] }"]))).toMatchObject(
      { editable: true },
    );
  });

  it("shows a quoted weight as Envoy reads it", () => {
    expect(onlyRule(withTargets(weighted('{ name: a, weight: "30" }', "{ name: b, weight: 10 }"))).legs.map((leg) => leg.share)).toEqual([
      0.75, 0.25,
    ]);
  });

  it("lets weights of 0 be mended, with shares of 0", () => {
    const rule = onlyRule(withTargets(weighted("{ name: a, weight: 0 }", "{ name: b, weight: 0 }")));
    expect(rule).toMatchObject({ editable: true });
    expect(rule.legs.map((leg) => leg.share)).toEqual([0, 0]);
  });

  it("reads twenty legs with a total of 1000", () => {
    const rule = onlyRule(withTargets(weighted(...Array.from({ length: 20 }, (_, index) => `{ name: c${index}, weight: 50 }`))));
    expect(rule.legs).toHaveLength(20);
    expect(rule.legs.every((leg) => leg.share === 0.05)).toBe(true);
  });

  it("takes a field that is null for one that is not there, as Envoy does", () => {
    expect(problemOf(REVIEWS_YAML.replace("timeout: 5s", "timeout:").replace("name: main", "name:"))).toBeNull();
  });

  it("reads two thousand rules of one file in time that grows with the file only", () => {
    const routes = Array.from(
      { length: 10 },
      (_, index) => `{ name: r${index}, route: { weighted_clusters: { clusters: [ { name: a, weight: 90 }, { name: b, weight: 10 } ] } } }`,
    ).join(", ");
    const hosts = Array.from(
      { length: 200 },
      (_, index) => `      - { name: h${index}, domains: [h${index}], routes: [ ${routes} ] }`,
    ).join("\n");
    const parsed = parseRouteText(`resources:\n  - ${TYPE}\n    name: r\n    virtual_hosts:\n${hosts}\n`, "yaml");
    const rules = readRules(parsed, 0, clusterNameFacts);
    expect(rules.filter((one) => one.rule.editable)).toHaveLength(2_000);
  });

  it("spells out names that would deceive, and keeps the leg's id as it is", () => {
    const rule = onlyRule(
      withTargets(weighted('{ name: "outbound|80|v\u202e1|re\\nviews", weight: 1 }', '{ name: "quote\\"d", weight: 1 }')),
    );
    expect(rule.legs).toMatchObject([
      { id: "outbound|80|v\u202e1|re\nviews", service: "re\\u{a}views", version: "v\\u{202e}1" },
      { id: 'quote"d', service: 'quote"d', version: null },
    ]);
  });

  it("names a rule by its host and name, or by its place where it has none or shares one", () => {
    const hosts =
      "[ { name: h, domains: [a], routes: [ { name: x, redirect: {} }, { redirect: {} }, { name: x, redirect: {} } ] }, { name: h, domains: [b], routes: [ { name: x, redirect: {} } ] } ]";
    const parsed = parseRouteText(`resources: [ { ${TYPE}, virtual_hosts: ${hosts} } ]\n`, "yaml");
    const rules = readRules(parsed, 0, clusterNameFacts).map(({ rule }) => [rule.id, rule.match]);
    expect(rules).toEqual([
      ["h/x", "a: every path"],
      ["h/1", "a: every path"],
      ["h/x#0.2", "a: every path"],
      ["h/x#1.0", "b: every path"],
    ]);
  });

  it("does not follow planted names into the language's own objects", () => {
    const parsed = parseRouteText(
      `__proto__: { weight: 1 }\nresources: [ { ${TYPE}, __proto__: { polluted: 1 }, virtual_hosts: [ { name: __proto__, domains: [constructor], routes: [ { name: __proto__ } ] } ] } ]\n`,
      "yaml",
    );
    expect(readRules(parsed, 0, clusterNameFacts)[0]?.rule.id).toBe("__proto__/__proto__");
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});
