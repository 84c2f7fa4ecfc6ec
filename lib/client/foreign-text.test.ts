import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { foreignParts, foreignWords } from "./foreign-text.ts";

const shown = (text: string, hasLines = false) =>
  foreignParts(text, hasLines)
    .map((part) => (part.isCodePoint ? `[${part.text}]` : part.text))
    .join("");

describe("text from outside", () => {
  test.each([
    ["", ""],
    ["GET /cart", "GET /cart"],
    ["\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd"],
    ["a\u2067b", "a[U+2067]b"],
    ["\u202ev2", "[U+202E]v2"],
    ["a\u200bb\ufeff", "a[U+200B]b[U+FEFF]"],
    ["a\u0000\u0085\u001b[31m", "a[U+0000][U+0085][U+001B][31m"],
    ["a\r\n\tb", "a[U+000D][U+000A][U+0009]b"],
    ["a\u{e0041}\ud800", "a[U+E0041][U+D800]"],
    ["\u{1f600}", "\u{1f600}"],
  ])("%j shows what would hide in it", (text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  test("keeps the lines of a text that has some, and nothing else", () => {
    expect(shown("at a\r\n\tat b\u202e\rc", true)).toBe("at a\n\tat b[U+202E][U+000D]c");
  });

  test("holds nothing that reorders or hides, whatever was sent, and loses nothing that does not", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const parts = foreignParts(text);
        for (const part of parts) expect(part.text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        const plain = parts.filter((part) => !part.isCodePoint).map((part) => part.text);
        expect(plain.join("")).toBe(text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, ""));
      }),
    );
  });

  test("in a label stands apart from its code points", () => {
    expect(foreignWords("a\u202e\u2067b")).toBe("a U+202E U+2067 b");
    expect(foreignWords("\u202ea  b")).toBe("U+202E a b");
  });
});
