import { describe, expect, test } from "vitest";

import { apiUrl } from "./api-client.ts";
import { asProblem, isRetryable, offlineProblem, problemFromAnswer } from "./api-problem.ts";
import { hrefWithView, parseAsAt, parseAsWindow, windowMs, windowWords } from "./search-params.ts";

describe("addresses of the API", () => {
  test("leave out what is not set, in a fixed order", () => {
    expect(apiUrl("/api/red", { subject: "service:a/b", window: "60s", by: null, to: undefined, from: "" })).toBe(
      "/api/red?subject=service%3Aa%2Fb&window=60s",
    );
    expect(apiUrl("/api/graph", { namespaces: ["b", "a"] })).toBe("/api/graph?namespaces=b%2Ca");
    expect(apiUrl("/api/graph", { namespaces: [] })).toBe("/api/graph");
  });

  test("carry ids with any signs in them", () => {
    const id = `a|b"c\n\u202ed&e=f`;
    expect(new URL(apiUrl("/api/service", { id }), "http://x").searchParams.get("id")).toBe(id);
  });
});

describe("addresses of pages", () => {
  const current = new URLSearchParams("window=300s&namespaces=shop&sel=x&find=y");

  test("take the end of the window along", () => {
    const past = new URLSearchParams("at=2026-01-01T12:00:00Z&window=300s&sel=x");
    expect(hrefWithView("/services", {}, past)).toBe("/services?window=300s&at=2026-01-01T12%3A00%3A00Z");
  });

  test("take the window and the namespaces along, and nothing else", () => {
    expect(hrefWithView("/services", {}, current)).toBe("/services?window=300s&namespaces=shop");
    expect(hrefWithView("/service", { id: "a/b" }, current)).toBe("/service?id=a%2Fb&window=300s&namespaces=shop");
  });

  test("an own value wins, and what is empty is left out", () => {
    expect(hrefWithView("/", { window: "60s", sel: null, find: "" }, current)).toBe("/?window=60s&namespaces=shop");
    expect(hrefWithView("/", {}, null)).toBe("/");
  });
});

describe("windows", () => {
  test.each(["60s", "5s", "3600s"])("%s is taken", (text) => {
    expect(parseAsWindow.parse(text)).toBe(text);
  });

  test.each(["4s", "3601s", "1m", "-60s", "", "60", "1e3s"])("%s counts as absent", (text) => {
    expect(parseAsWindow.parse(text)).toBeNull();
  });

  test("end at an instant that is over, or now", () => {
    expect(parseAsAt.parse("2020-01-01T12:00:00Z")).toBe("2020-01-01T12:00:00Z");
    expect([parseAsAt.parse("2999-01-01T12:00:00Z"), parseAsAt.parse("soon")]).toEqual([null, null]);
  });

  test("have a length and words", () => {
    expect(windowMs("300s")).toBe(300_000);
    expect(windowMs("nonsense")).toBe(60_000);
    expect([windowWords("60s"), windowWords("45s"), windowWords("3600s")]).toEqual(["1 min", "45 s", "1 h"]);
  });
});

describe("problems", () => {
  test("a problem document keeps its words", () => {
    const body = {
      type: "about:blank",
      title: "Conflict",
      status: 409,
      code: "CONFLICT",
      detail: "Somebody was faster.",
      field: null,
      mend: "Plan again.",
    };
    const problem = problemFromAnswer("/api/plans/apply", 409, body);
    expect(problem).toMatchObject({ code: "CONFLICT", message: "Somebody was faster.", mend: "Plan again.", status: 409 });
    expect(isRetryable(problem)).toBe(false);
  });

  test.each([null, "<html>", { code: "MADE_UP" }])("anything else is unreadable, and says what to do: %s", (body) => {
    expect(problemFromAnswer("/api/x", 500, body)).toMatchObject({ code: "UNREADABLE", status: 500 });
  });

  test("no answer is worth another try, an error of the page is not", () => {
    expect(isRetryable(offlineProblem(null))).toBe(true);
    expect(isRetryable(new Error("x"))).toBe(false);
    expect(asProblem(new Error("secret text")).message).not.toContain("secret");
  });
});
