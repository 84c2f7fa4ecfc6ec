import { describe, expect, test } from "vitest";

import { finishHtml } from "./finish-html.ts";

const BOOT = '<script src="/boot.js"></script>';

function page(head: string, body = ""): string {
  return `<!DOCTYPE html><html><head><meta charSet="utf-8"/><script src="/_next/a.js" async=""></script>${BOOT}${head}</head><body>${body}</body></html>`;
}

describe("finishHtml", () => {
  test("moves inline scripts into files in place, keeping attributes and order", () => {
    const { html, scripts } = finishHtml("x.html", page("", '<script id="_R_">one()</script><p>text</p><script>two("<b>")</script>'));
    const names = [...scripts.keys()];
    expect([...scripts.values()]).toEqual(["one()", 'two("<b>")']);
    expect(names.every((name) => /^[0-9a-f]{64}\.js$/.test(name))).toBe(true);
    expect(html).toContain(
      `<script id="_R_" src="/_next/static/inline/${names[0]}"></script><p>text</p><script src="/_next/static/inline/${names[1]}"></script>`,
    );
  });

  test("gives the same script one name on every page", () => {
    const first = finishHtml("a.html", page("", "<script>same()</script>"));
    const second = finishHtml("b.html", page("", "<script>same()</script>"));
    expect([...first.scripts.keys()]).toEqual([...second.scripts.keys()]);
  });

  test("puts boot.js before every other script, once", () => {
    const { html } = finishHtml("x.html", page(""));
    expect(html.indexOf(BOOT)).toBeLessThan(html.indexOf("/_next/a.js"));
    expect(html.split(BOOT)).toHaveLength(2);
  });

  test("changes nothing on a second run", () => {
    const once = finishHtml("x.html", page("", "<script>one()</script>")).html;
    const twice = finishHtml("x.html", once);
    expect(twice.html).toBe(once);
    expect(twice.scripts.size).toBe(0);
  });

  test.each([
    ["a style element", page("<style>p{}</style>")],
    ["a style attribute", page("", '<div class="a" style="width:1px">x</div>')],
    ["no boot.js", "<html><head></head></html>"],
  ])("refuses %s", (_what, html) => {
    expect(() => finishHtml("x.html", html)).toThrow("x.html");
  });

  test("does not take text for a style", () => {
    expect(() => finishHtml("x.html", page("", "<p>style=&quot;x&quot; and style=&#x27;y&#x27;</p>"))).not.toThrow();
  });
});
