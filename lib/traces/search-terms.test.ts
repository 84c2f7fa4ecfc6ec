import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { SearchTerm } from "#lib/model/trace.ts";

import { MOST_TERMS, parseSearchTerms, printSearchTerms } from "./search-terms.ts";

const term = (key: string, value: string | null = null, isNegated = false): SearchTerm => ({ key, value, isNegated });

describe("parseSearchTerms", () => {
  it.each<[string, SearchTerm[]]>([
    ["", []],
    ["  \t\n ", []],
    ["http.route=/cart error=true", [term("http.route", "/cart"), term("error", "true")]],
    ["-status=ok !error", [term("status", "ok", true), term("error", null, true)]],
    ['"key with space"="a \\"quoted\\" value" key', [term("key with space", 'a "quoted" value'), term("key")]],
    ['path="C:\\\\temp" other=C:\\temp', [term("path", "C:\\temp"), term("other", "C:\\temp")]],
    ['empty=""', [term("empty", "")]],
    ["url=http://a/?b=c", [term("url", "http://a/?b=c")]],
    ['"-x"=-1', [term("-x", "-1")]],
    ['-"a b"="c d"', [term("a b", "c d", true)]],
    ['"a=b"', [term("a=b")]],
    ["ключ=значение\u00a0🙂", [term("ключ", "значение"), term("🙂")]],
    ["__proto__=1 constructor", [term("__proto__", "1"), term("constructor")]],
  ])("reads %j", (text, terms) => {
    expect(parseSearchTerms(text)).toEqual({ ok: true, value: terms });
  });

  it.each<[string, number, RegExp]>([
    ['a="b', 3, /not closed/],
    ['a b "c', 5, /not closed/],
    ["a=", 3, /no value/],
    ["a= b", 3, /no value/],
    ["=b", 1, /no key/],
    ["a =b", 3, /no key/],
    ['""=b', 3, /no key/],
    ["-", 2, /nothing to leave out/],
    ["a - b", 4, /nothing to leave out/],
    ['a"b"=c', 2, /quote inside/],
    ['a=b"c"', 4, /quote inside/],
    ['a="b"c', 6, /goes on/],
    [Array.from({ length: MOST_TERMS + 1 }, () => "a").join(" "), 2 * MOST_TERMS + 2, /more than/],
  ])("refuses %j at character %i", (text, at, what) => {
    const answer = parseSearchTerms(text);
    expect(answer).toMatchObject({ ok: false, error: { code: "INVALID", field: "q", mend: expect.stringMatching(/\w/) } });
    const message = answer.ok ? "" : answer.error.message;
    expect(message).toMatch(what);
    expect(message).toContain(`At character ${at}:`);
  });

  it("reads what was printed, and prints it the same again", () => {
    const nasty = fc.string({ unit: fc.constantFrom("a", " ", '"', "\\", "=", "-", "!", "\n", "é", "🙂"), maxLength: 8 });
    const text = fc.oneof(nasty, fc.string({ unit: "grapheme" }));
    const arbitraryTerm = fc.record({
      key: text.filter((key) => key !== ""),
      value: fc.option(text, { nil: null }),
      isNegated: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(arbitraryTerm, { maxLength: MOST_TERMS }), (terms) => {
        const printed = printSearchTerms(terms);
        expect(parseSearchTerms(printed)).toEqual({ ok: true, value: terms });
      }),
    );
  });

  it("answers any text, and prints what it took in its normal form", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "b", " ", '"', "\\", "=", "-", "!") }), (text) => {
        const answer = parseSearchTerms(text);
        if (!answer.ok) return;
        const printed = printSearchTerms(answer.value);
        expect(parseSearchTerms(printed)).toEqual(answer);
      }),
    );
  });
});

describe("printSearchTerms", () => {
  it("quotes only what has to be", () => {
    expect(printSearchTerms([term("a", "b=c"), term("d e", 'f "g"', true), term("-h"), term("i", "")])).toBe(
      'a=b=c -"d e"="f \\"g\\"" "-h" i=""',
    );
  });
});
