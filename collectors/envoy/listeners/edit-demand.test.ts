import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";

import type { FileFormat } from "../files/parse-document.ts";
import { allChains, plaintextRemoval } from "./chains.ts";
import { markText, removeChains } from "./edit-demand.ts";
import { parseListenerText } from "./parse-listener-text.ts";
import { chainOf, fileOf, LEDGER_YAML, LISTENER, listenerOf, PLAINTEXT_LINES } from "./testing/listener-texts.ts";

const MARKER = "weft-0192aa";

function edit(text: string, format: FileFormat = "yaml", index = 0) {
  const parsed = parseListenerText(text, format);
  expect(parsed.problem).toBeNull();
  const listener = parsed.listeners[index];
  if (listener === undefined) throw new Error("no such listener");
  const removal = plaintextRemoval(listener);
  if ("reason" in removal) throw new Error(removal.reason);
  return removeChains(parsed, { listener: index, places: removal.places, marker: MARKER });
}

function edited(text: string, format: FileFormat = "yaml", index = 0): string {
  const result = edit(text, format, index);
  if (!result.ok) throw result.error;
  return result.value;
}

function reason(text: string, format: FileFormat = "yaml"): string {
  const result = edit(text, format);
  return result.ok ? "it was edited" : result.error.message;
}

/** The resources with all plaintext chains of the first listener left out. */
function without(text: string, format: FileFormat): unknown {
  const before = parseListenerText(text, format);
  const gone = new Set(
    allChains(before.listeners[0] ?? fail())
      .filter((one) => one.transport === "plaintext")
      .map((one) => one.place),
  );
  const data = structuredClone(before.data) as { version_info?: string; resources: Record<string, unknown>[] };
  data.version_info = MARKER;
  const [listener] = data.resources;
  const chains = listener?.["filter_chains"];
  const left = Array.isArray(chains) ? chains.filter((_, index) => !gone.has(index)) : [];
  if (listener !== undefined && left.length > 0) listener["filter_chains"] = left;
  else delete listener?.["filter_chains"];
  if (gone.has("default")) delete listener?.["default_filter_chain"];
  return data;
}

function fail(): never {
  throw new Error("no listener");
}

const asOnWindows = (text: string): string => `\uFEFF${text.replaceAll("\n", "\r\n")}`;

describe("removeChains", () => {
  it("takes the lines of the plaintext chain, changes the version, and no other byte", () => {
    expect(PLAINTEXT_LINES.split("\n")).toHaveLength(7);
    expect(edited(LEDGER_YAML)).toBe(LEDGER_YAML.replace('"1"', `"${MARKER}"`).replace(PLAINTEXT_LINES, ""));
  });

  it("keeps Windows line ends and a byte order mark", () => {
    expect(edited(asOnWindows(LEDGER_YAML))).toBe(asOnWindows(edited(LEDGER_YAML)));
  });

  it.each<[string, string, string]>([
    ["the first in lines", "- {A}\n- M\n", "- M\n"],
    ["the last at the file's end, without a line end", "- M\n- {A}", "- M\n"],
    ["two around one that stays", "- {A}\n# m\n- M\n\n- {B} # b\n# end\n", "# m\n- M\n\n# end\n"],
    ["one whose dash has a line of its own", "- M\n-\n    {A}\n", "- M\n"],
    ["one with an anchor that nothing uses", "- M\n- &a {A}\n", "- M\n"],
    ["one with an anchor before its lines", "- M\n- &a\n  filters: []\n", "- M\n"],
    ["one with a remark behind its dash", "- M\n- # plain - for now\n  filters:\n    - name: x\n      # - inner\n", "- M\n"],
    ["the first in brackets", "[{A}, M]\n", "[M]\n"],
    ["the last in brackets", "[M, {A}]\n", "[M]\n"],
    ["the last in brackets with a comma behind it", "[M, {A},]\n", "[M, ]\n"],
    ["two in brackets", "[{A}, M, {B}]\n", "[M]\n"],
    ["in brackets over lines", "[\n  # m\n  M,\n  # a\n  {A}, # plain, for now\n  # end\n]\n", "[\n  # m\n  M,\n  # a\n  # end\n]\n"],
    ["the last in brackets over lines", "[\n  M, # m\n  {A} # a\n]\n", "[\n  M # m\n]\n"],
    ["with the comma before it", "[\n  M\n  , {A}\n]\n", "[\n  M\n  \n]\n"],
  ])("takes out %s", (_, chains, left) => {
    const mutual = JSON.stringify(chainOf("mutual", "m"));
    const render = (text: string): string => {
      const filled = text
        .replaceAll("M", mutual)
        .replaceAll("{A}", JSON.stringify(chainOf("raw", "a")))
        .replaceAll("{B}", "{ filters: [] }");
      const head = `version_info: v\nresources:\n  - "@type": ${LISTENER}\n    name: inbound\n    traffic_direction: INBOUND\n    filter_chains:`;
      return head + `${filled.startsWith("[") ? " " : "\n"}${filled}`.replaceAll(/\n(?=.)/g, "\n      ");
    };
    expect(edited(render(chains))).toBe(render(left).replace("version_info: v", `version_info: ${MARKER}`));
  });

  it.each<[string, string, string]>([
    ["a field in lines", "filter_chains: [M]\n    default_filter_chain:\n      filters: []\n    x: 1\n", "filter_chains: [M]\n    x: 1\n"],
    ["the field beside a dash", "default_filter_chain: { filters: [] }\n    filter_chains: [M]\n", "filter_chains: [M]\n"],
    ["a whole list", "filter_chains:\n      - filters: []\n    default_filter_chain: M\n", "default_filter_chain: M\n"],
  ])("takes out %s", (_, fields, left) => {
    const mutual = JSON.stringify(chainOf("mutual", "m"));
    const head = `resources:\n  - `;
    const tail = `    "@type": ${LISTENER}\n    name: inbound\n`;
    const render = (text: string): string => `${head}${text.replaceAll("M", mutual)}${tail}`;
    expect(edited(render(fields))).toBe(`version_info: "${MARKER}"\n${render(left)}`);
  });

  it("keeps JSON valid, on one line, in lines, with and without a version", () => {
    for (const indent of [undefined, 2, "\t"]) {
      for (const version of ["1", null]) {
        const chains = ["raw", "mutual", "plaintext", "raw"] as const;
        const text = JSON.stringify(fileOf([listenerOf(chains.map((kind, index) => chainOf(kind, `c${index}`)))], version), null, indent);
        const after = edited(text, "json");
        expect(JSON.parse(after)).toEqual(without(text, "json"));
        if (version !== null) expect(after).toBe(JSON.stringify(fileOf([listenerOf([chainOf("mutual", "c1")])], MARKER), null, indent));
      }
    }
  });

  const kind = fc.constantFrom("mutual" as const, "plaintext" as const, "raw" as const);
  const kinds = fc.array(kind, { minLength: 1, maxLength: 7 }).filter((all) => all.includes("mutual") && new Set(all).size > 1);
  const remark = fc.string({ unit: fc.constantFrom("a", " ", "#", ":", "{", "}", "[", "]", ",", "-", "'", '"', "é", "&", "*") });
  const style = fc.constantFrom("block" as const, "flow" as const, "json" as const, "indented json" as const);

  it("leaves all but those chains, for any chains, style and remarks, and the earlier text comes back byte for byte", () => {
    fc.assert(
      fc.property(kinds, fc.option(kind, { nil: null }), style, remark, fc.boolean(), (all, rest, how, words, isWindows) => {
        const chains = all.map((one, index) => chainOf(one, `c${index}`));
        const listener = listenerOf(chains, rest === null ? {} : { default_filter_chain: chainOf(rest, "rest"), stat_prefix: "in" });
        const { text, format } = render(
          fileOf([listener, listenerOf([chainOf("plaintext", "x")], { name: "other" })]),
          how,
          words,
          isWindows,
        );
        const after = edited(text, format);
        expect(parseListenerText(after, format).data).toEqual(without(text, format));
        if (format === "json") JSON.parse(after);
        const remarks = (one: string): number => one.split(`#${words}!`).length - 1;
        const mutual = all.filter((one) => one === "mutual").length;
        expect(remarks(text)).toBe(how === "block" ? all.length + 1 : 0);
        expect(remarks(after)).toBe(how === "block" ? mutual + 1 : 0);
        const back = markText(parseListenerText(text, format), MARKER);
        if (!back.ok) throw back.error;
        expect(back.value.replace(MARKER, "1")).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, (text: string) => string, string]>([
    [
      "a list behind an alias",
      (text) => text.replace("filter_chains: [{ filters: [] }]", "filter_chains: *c").replace("filter_chains:\n", "filter_chains: &c\n"),
      "anchor or alias",
    ],
    [
      "a chain that another one refers to",
      (text) =>
        text
          .replace(
            "- filter_chain_match: { transport_protocol: raw_buffer }",
            "- filter_chain_match: &m { transport_protocol: raw_buffer }",
          )
          .replace("[{ filters: [] }]", "[{ filters: [], filter_chain_match: *m }]"),
      "would not be valid",
    ],
    ["a version in a block", (text) => text.replace('"1"', "|\n  1"), "its version_info is not a simple text"],
  ])("refuses %s", (_, spoil, words) => {
    const text = spoil(LEDGER_YAML);
    expect(text).not.toBe(LEDGER_YAML);
    expect(reason(text)).toContain(words);
  });

  it("refuses a marker that is none", () => {
    const result = removeChains(parseListenerText(LEDGER_YAML, "yaml"), { listener: 0, places: [1], marker: 'x"' });
    expect(result.ok ? null : result.error).toMatchObject({ code: "INVALID", field: "marker" });
  });
});

/** The file as different tools write it, with remarks where the style has room for them. */
function render(file: object, style: keyof typeof STYLES, words: string, isWindows: boolean): { text: string; format: FileFormat } {
  const text = STYLES[style](file, words);
  return { text: isWindows ? text.replaceAll("\n", "\r\n") : text, format: style.endsWith("json") ? "json" : "yaml" };
}

const oneLine = (file: object): string => JSON.stringify(file);
const inLines = (file: object): string => JSON.stringify(file, null, 2);
const flowText = (file: object, words: string): string => stringify(file, { collectionStyle: "flow" }).replaceAll(/,$/gm, `, #${words}?`);
const blockText = (file: object, words: string): string =>
  `# ${words}\n${stringify(file).replaceAll(/^( {6}- )(?=filter|transport)(.*)$/gm, `$1$2 #${words}!`)}`;
const STYLES = { block: blockText, flow: flowText, json: oneLine, "indented json": inLines };
