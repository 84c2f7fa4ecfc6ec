import { AxeBuilder } from "@axe-core/playwright";
import { endpoints } from "#lib/contract/endpoints.ts";

import { until } from "../acceptance/demo-mesh.ts";
import { expect, type Mesh, test } from "./fixtures.ts";

interface View {
  name: string;
  path: (mesh: Mesh) => Promise<string>;
}

const fixed = (name: string, path: string): View => ({ name, path: async () => path });

async function anyTrace(mesh: Mesh): Promise<string> {
  return until(
    "a trace",
    async () => (await mesh.api.get(endpoints.findTraces, { settleMs: "8000" })).value.items.find((one) => one.hasRoot)?.id,
  );
}

/** Every page, with something to look at on each. */
const VIEWS: readonly View[] = [
  fixed("map", "/"),
  fixed("map with a service selected", "/?sel=reviews%2Freviews"),
  fixed("map as a table", "/?table=true"),
  fixed("services", "/services"),
  fixed("service", "/service?id=reviews%2Freviews"),
  fixed("routes", "/routes"),
  { name: "route", path: async (mesh) => `/route?id=${encodeURIComponent((await mesh.reviewsRoute()).id)}` },
  fixed("changes", "/changes"),
  { name: "change", path: async (mesh) => `/change?id=${(await mesh.api.get(endpoints.listChanges)).value.items[0]?.id ?? "1"}` },
  fixed("proxies", "/proxies"),
  fixed("proxy", "/proxy?id=frontend-v1-0.shop"),
  fixed("sources", "/sources"),
  fixed("traces", "/traces"),
  fixed("traces that failed, as a selection", "/traces?status=error&selMin=100&selMax=10000&diff=true"),
  { name: "trace", path: async (mesh) => `/trace?id=${await anyTrace(mesh)}` },
  { name: "trace with a span open", path: async (mesh) => `/trace?id=${await anyTrace(mesh)}&view=waterfall&find=reviews` },
  { name: "trace as a table", path: async (mesh) => `/trace?id=${await anyTrace(mesh)}&view=table` },
  { name: "map with a trace on it", path: async (mesh) => `/?trace=${await anyTrace(mesh)}` },
  fixed("security, edges", "/security"),
  fixed("security, an edge open", `/security?observed=plaintext&sel=${encodeURIComponent("unknown/legacy-report|payments/ledger|http")}`),
  fixed("security, workloads", "/security?view=workloads&sel=payments%2Fledger"),
  fixed("security, certificates", "/security?view=certificates"),
  fixed("security, authorization", "/security?view=authorization"),
];

for (const colorScheme of ["light", "dark"] as const) {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    test.describe(`${colorScheme}, ${viewport.width} wide`, () => {
      test.use({ colorScheme, viewport });
      for (const view of VIEWS) {
        test(`${view.name} reads well and passes axe`, async ({ page, mesh }) => {
          if (view.name === "change") await mesh.setSplit(11).then(() => mesh.setSplit(10));
          await page.goto(await view.path(mesh));
          await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
          await expect(page.getByText(/updated \d+ s ago|Live/).first()).toBeAttached();
          await page.waitForLoadState("load");
          // Empty rows that wait for an answer say little about the page.
          await expect(page.locator('[aria-busy="true"]')).toHaveCount(0, { timeout: 30_000 });
          const found = await new AxeBuilder({ page }).analyze();
          expect(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          expect(overflow, "nothing runs over the side").toBeLessThanOrEqual(0);
        });
      }
    });
  }
}
