import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { clusterNameFacts } from "./testing/facts.ts";
import { editWeights } from "./edit-weights.ts";
import { parseRouteText } from "./parse-route-text.ts";
import type { FileFormat } from "../files/parse-document.ts";
import { readRules } from "./read-rules.ts";
import { REVIEWS_YAML, V1, V2 } from "./testing/route-texts.ts";

const MARKER = "weft-0192aa";

function edit(text: string, weights: Readonly<Record<string, number>>, format: FileFormat = "yaml", rule = 0) {
  const parsed = parseRouteText(text, format);
  expect(parsed.problem).toBeNull();
  const found = readRules(parsed, 0, clusterNameFacts)[rule];
  if (found === undefined) throw new Error("no such rule");
  expect(found.split.reason).toBeNull();
  return editWeights(parsed, { route: found.path, spots: found.split.spots, weights, marker: MARKER });
}

function edited(text: string, weights: Readonly<Record<string, number>>, format: FileFormat = "yaml"): string {
  const result = edit(text, weights, format);
  if (!result.ok) throw result.error;
  return result.value;
}

interface Values {
  version: string | null;
  revision: string;
  weights: readonly number[];
}

/** Texts as different people and tools write them, from the same values. */
const STYLES: Readonly<Record<string, { format: FileFormat; render: (values: Values, comment: string) => string }>> = {
  "flow legs with comments": {
    format: "yaml",
    render: ({ version, revision, weights }, comment) =>
      [
        `# ${comment}`,
        "",
        ...(version === null ? [] : [`version_info: "${version}"   # weight: 1`]),
        "resources:   # all of them",
        '- "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
        "  name: reviews",
        "  virtual_hosts:",
        "    - name: reviews",
        `      domains: ["reviews"] # ${comment}`,
        "      routes:",
        "      - name: main",
        "        match: {prefix: /}",
        `        metadata: {filter_metadata: {weft: {revision: '${revision}'}}}`,
        "        route:",
        "          weighted_clusters: { clusters: [",
        ...weights.map((weight, index) => `              { name: "c${index}",weight:   ${weight} }, # ${comment} weight: 7`),
        "            ] }",
        "          timeout: 5s",
        "...",
        "",
      ].join("\n"),
  },
  "block legs, weight first": {
    format: "yaml",
    render: ({ version, revision, weights }, comment) =>
      [
        ...(version === null ? [] : [`version_info: '${version}'`]),
        "resources:",
        "  -",
        "    name: reviews",
        "    '@type': type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
        "    virtual_hosts:",
        "      - domains: ['*']",
        "        routes:",
        `          # ${comment}`,
        "          - match:",
        "              prefix: /",
        "            metadata:",
        "              filter_metadata:",
        `                weft: { revision: ${revision}, other: "90" }`,
        "            route:",
        "              weighted_clusters:",
        "                clusters:",
        ...weights.flatMap((weight, index) => [
          `                  - weight: ${weight} # ${comment}`,
          `                    name: c${index}`,
          "",
        ]),
        "                runtime_key_prefix: x",
      ].join("\n"),
  },
  "indented JSON": {
    format: "json",
    render: (values) => JSON.stringify(jsonOf(values), null, 2),
  },
  "JSON with tabs": {
    format: "json",
    render: (values) => `${JSON.stringify(jsonOf(values), null, "\t")}\n`,
  },
  "JSON on one line": {
    format: "json",
    render: (values) => JSON.stringify(jsonOf(values)),
  },
};

function jsonOf({ version, revision, weights }: Values): object {
  const clusters = weights.map((weight, index) => ({ name: `c${index}`, weight }));
  const route = {
    match: { prefix: "/" },
    metadata: { filter_metadata: { weft: { revision } } },
    route: { weighted_clusters: { clusters } },
  };
  const config = {
    "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
    name: "r",
    virtual_hosts: [{ name: "h", domains: ["*"], routes: [route] }],
  };
  return { ...(version === null ? {} : { version_info: version }), resources: [config] };
}

const weight = fc.integer({ min: 0, max: 100_000 });
const comment = fc.string({ unit: fc.constantFrom("a", " ", "#", ":", "{", "'", '"', "é", "\u202e", "日", "&", "*") });

describe("editWeights", () => {
  it("changes the weights, the version and the route's revision, and no other byte", () => {
    expect(edited(REVIEWS_YAML, { [V1]: 100, [V2]: 0 })).toBe(
      REVIEWS_YAML.replace('version_info: "1"', `version_info: "${MARKER}"`)
        .replace('revision: "1"', `revision: "${MARKER}"`)
        .replace("weight: 90", "weight: 100")
        .replace("weight: 10 }", "weight: 0 }"),
    );
  });

  for (const [style, { format, render }] of Object.entries(STYLES)) {
    it(`renders ${style} exactly as its writer would have, for any weights, comments and line ends`, () => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(weight, weight), { minLength: 2, maxLength: 20 }),
          comment,
          fc.boolean(),
          fc.boolean(),
          (pairs, words, isWindows, hasMark) => {
            fc.pre(pairs.some(([, after]) => after > 0));
            const dress = (text: string): string => (hasMark ? "\uFEFF" : "") + (isWindows ? text.replaceAll("\n", "\r\n") : text);
            const before = dress(render({ version: "v 7", revision: "r7", weights: pairs.map(([one]) => one) }, words));
            const after = dress(render({ version: MARKER, revision: MARKER, weights: pairs.map(([, one]) => one) }, words));
            const asked = Object.fromEntries(pairs.map(([, one], index) => [`c${index}`, one]));
            expect(edited(before, asked, format)).toBe(after);
          },
        ),
        { numRuns: 150 },
      );
    });

    it(`puts a missing version first in ${style}, in the manner of the file`, () => {
      const values = { revision: "r7", weights: [90, 10] };
      const before = render({ ...values, version: null }, "x");
      const after = render({ version: MARKER, revision: MARKER, weights: [1, 2] }, "x")
        .replace(`"${MARKER}"   # weight: 1`, `"${MARKER}"`)
        .replace(`version_info: '${MARKER}'`, `version_info: "${MARKER}"`);
      const result = edited(before, { c0: 1, c1: 2 }, format);
      expect(
        style === "JSON on one line"
          ? result.replace('", "resources', '","resources').replace('": "weft-0192aa","', '":"weft-0192aa","')
          : result,
      ).toBe(after);
    });
  }

  it("keeps the rest of the data for any file that a generator can think of", () => {
    const unknown = fc.dictionary(
      fc.constantFrom("x_extra", "__proto__", "constructor", "weight", "name", "clusters", "日本"),
      fc.jsonValue({ maxDepth: 3 }),
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(unknown, unknown, weight, fc.integer({ min: 1, max: 1000 }), (inHost, inLeg, one, two) => {
        const text = JSON.stringify({
          ...inHost,
          resources: [
            {
              "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
              virtual_hosts: [
                {
                  domains: ["*"],
                  name: "h",
                  routes: [
                    {
                      name: "r",
                      route: {
                        weighted_clusters: {
                          clusters: [
                            { name: "c0", weight: 5, extra: inLeg },
                            { name: "c1", weight: 6 },
                          ],
                        },
                      },
                    },
                  ],
                },
              ],
            },
          ],
        });
        const result = JSON.parse(edited(text, { c0: one, c1: two }, "json"));
        const wanted = JSON.parse(text);
        const legs = wanted.resources[0].virtual_hosts[0].routes[0].route.weighted_clusters.clusters;
        [legs[0].weight, legs[1].weight] = [one, two];
        expect(JSON.stringify(result)).toBe(JSON.stringify({ version_info: MARKER, ...wanted }));
      }),
    );
  });

  it("writes a text where a version was a number", () => {
    expect(edited(REVIEWS_YAML.replace('version_info: "1"', "version_info: 1"), { [V1]: 1, [V2]: 1 })).toContain(
      `version_info: "${MARKER}"\n`,
    );
  });

  it("leaves a revision alone that is no text or stands behind an alias", () => {
    const number = REVIEWS_YAML.replace('revision: "1"', "revision: 1");
    expect(edited(number, { [V1]: 1, [V2]: 1 })).toContain("revision: 1 }");
    const alias = REVIEWS_YAML.replace('version_info: "1"', 'version_info: "1"\nnote: &shared "1"').replace(
      'revision: "1"',
      "revision: *shared",
    );
    expect(edited(alias, { [V1]: 1, [V2]: 1 })).toContain("revision: *shared }");
  });

  it("refuses a version that is used elsewhere too, or is no simple text", () => {
    const shared = REVIEWS_YAML.replace('version_info: "1"', 'version_info: &v "1"').replace(
      "name: reviews\n    validate",
      "name: reviews\n    x: *v\n    validate",
    );
    const block = REVIEWS_YAML.replace('version_info: "1"', "version_info: |\n  1");
    const empty = REVIEWS_YAML.replace('version_info: "1"', "version_info:");
    for (const text of [shared, block, empty]) {
      const result = edit(text, { [V1]: 1, [V2]: 1 });
      expect(result.ok ? null : [result.error.code, result.error.mend]).toEqual([
        "UNSUPPORTED",
        "Write the file in a plain form, with every weight as a number of its own.",
      ]);
    }
  });

  it.each(["", "x", "weft-", 'weft-"', "weft-1\n", `weft-${"a".repeat(101)}`])("refuses the marker %j", (marker) => {
    const parsed = parseRouteText(REVIEWS_YAML, "yaml");
    const result = editWeights(parsed, { route: [], spots: [], weights: {}, marker });
    expect(result.ok ? null : [result.error.code, result.error.field]).toEqual(["INVALID", "marker"]);
  });
});
