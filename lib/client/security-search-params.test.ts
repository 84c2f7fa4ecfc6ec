import { createSerializer } from "nuqs/server";
import { describe, expect, test } from "vitest";

import { printScope, securityExportUrl, whatIfUrl } from "./security-queries.ts";
import { hasEdgeFilters, parseAsScope, securityParsers, showingView, type SecurityState } from "./security-search-params.ts";

const EMPTY: SecurityState = {
  view: "edges",
  observed: null,
  declared: null,
  place: null,
  differs: false,
  about: "",
  sel: null,
  scope: null,
};

describe("the address", () => {
  test("what no table knows counts as absent", () => {
    expect(securityParsers.view.parse("everything")).toBeNull();
    expect(securityParsers.observed.parse("mixed")).toBeNull();
    expect(securityParsers.declared.parse("none")).toBeNull();
    expect(["", "mesh:all", "workload:", "node:a"].map((text) => parseAsScope.parse(text))).toEqual([null, null, null, null]);
  });

  test.each(["mesh", "namespace:payments", "workload:payments/ledger", "workload:unknown/a:b"])("the scope %s reads back", (text) => {
    const scope = parseAsScope.parse(text);
    expect(scope === null ? null : printScope(scope)).toBe(text);
  });

  test("holds no more than was chosen", () => {
    const serialize = createSerializer(securityParsers);
    expect(serialize(EMPTY)).toBe("");
    const search = new URLSearchParams(serialize({ ...EMPTY, observed: "plaintext", sel: "a/b|c/d|http" }));
    expect(Object.fromEntries(search)).toEqual({ observed: "plaintext", sel: "a/b|c/d|http" });
  });

  test("another table drops what narrowed the one before", () => {
    expect(hasEdgeFilters({ ...EMPTY, differs: true })).toBe(true);
    const change = showingView("workloads");
    expect(change).toMatchObject({ view: "workloads", observed: null, differs: null, sel: null, about: null });
    expect(change).not.toHaveProperty("scope");
  });
});

test("a file has the window and the namespaces of the page", () => {
  const view = { window: "300s", namespaces: ["shop", "payments"] };
  expect(securityExportUrl(view, "certificates", "csv")).toBe(
    "/api/security/export?format=csv&namespaces=payments%2Cshop&table=certificates&window=300s",
  );
});

test("what was asked can be fetched as it is", () => {
  expect(whatIfUrl({ kind: "workload", id: "payments/ledger" })).toBe("/api/security/what-if?scope=workload%3Apayments%2Fledger");
});
