import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";

import type { Notice } from "#lib/model/evidence.ts";

import { MapNotices } from "./map-notices.tsx";

const notice = (text: string, mend: string | null = null): Notice => ({ level: "warning", code: text, text, source: null, mend });

const LONG = "Nothing is kept of 2026-01-01T12:00:00.000Z by prometheus: it reaches back to 2026-01-02T12:00:00.000Z";

describe("what the map lacks", () => {
  test("keeps a place that is spoken from, though there is nothing to say", () => {
    expect(renderToStaticMarkup(<MapNotices notices={[]} />)).toMatch(/<p role="status"[^>]*><\/p>/);
    expect(renderToStaticMarkup(<MapNotices notices={[]} />)).not.toContain("<button");
  });

  test("is one line, with how much more there is behind a button", () => {
    const markup = renderToStaticMarkup(<MapNotices notices={[notice("One is missing."), notice("Two"), notice("Three")]} />);
    expect(markup).toMatch(/<p role="status".*One is missing<.*<\/p>/);
    expect(markup).toMatch(/<button[^>]*aria-expanded="false"[^>]*>2 more</);
    expect(markup).not.toContain("Two");
  });

  test.each([
    ["short and whole", notice("One is missing"), false, null],
    ["with a mend", notice("One is missing", "Start it"), false, "More"],
    ["too long for the line", notice(LONG), false, "More"],
    ["long, on a page that scrolls", notice(LONG), true, null],
  ])("a single one, %s, has a button only where something is left out", (_, one, isInFlow, button) => {
    const markup = renderToStaticMarkup(<MapNotices notices={[one]} isInFlow={isInFlow} />);
    expect(/<button[^>]*>([^<]*)</.exec(markup)?.[1] ?? null).toBe(button);
    expect(markup.includes("truncate")).toBe(!isInFlow);
  });
});
