import { endpoints } from "#lib/contract/endpoints.ts";

import { until } from "../acceptance/demo-mesh.ts";
import { expect, type Mesh, test } from "./fixtures.ts";

const EDGE = "shop/catalog|reviews/reviews|http";

/** A failed trace of the canary that is whole. */
async function failingTrace(mesh: Mesh): Promise<string> {
  return until(
    "a failed trace of the canary",
    async () => {
      const query = { service: "reviews/reviews", version: "v2", status: "error", settleMs: "8000", limit: "50" };
      const { value } = await mesh.api.get(endpoints.findTraces, query);
      return value.items.find((one) => one.hasRoot && one.services.some((part) => part.service === "ratings" && part.spans >= 6))?.id;
    },
    120_000,
    1_000,
  );
}

test.describe("the trace that explains an error", () => {
  test.beforeEach(async ({ mesh }) => {
    await mesh.setSplit(10);
  });

  test("is two clicks away from the degraded edge", async ({ map, page, mesh }) => {
    const id = await failingTrace(mesh);
    await map.open("?window=300s");
    // Labels stand on edges that are not well.
    await page.locator(`[data-map-item="${EDGE}"]`).click();
    const traces = page.getByRole("region", { name: "Traces" });
    await expect(traces).toBeVisible();
    await traces.getByRole("listitem").filter({ hasText: "v2" }).filter({ hasText: "failed" }).first().getByRole("link").click();
    await expect(page).toHaveURL(/\/trace\?id=[0-9a-f]{32}/);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("reviews v2");
    await expect(page.getByRole("treegrid")).toContainText("ratings");

    await page.goto(`/trace?id=${id}`);
    await expect(page.getByRole("row").filter({ hasText: /egress ratings 1 of [456]/ })).toBeVisible();
  });

  test("is compared with an ordinary one, and shown on the map", async ({ page, mesh }) => {
    await page.goto(`/trace?id=${await failingTrace(mesh)}`);
    await page.getByRole("button", { name: "Compare with a normal one" }).click();
    await expect(page).toHaveURL(/with=[0-9a-f]{32}/);
    const comparison = page.getByRole("region", { name: "Comparison" });
    await expect(comparison).toContainText(/Against trace/);
    await comparison.getByRole("button", { name: "Compare" }).click();
    await expect(page).toHaveURL(/view=compare/);
    await expect(page.getByRole("main")).toContainText(/ratings/);

    await page.getByRole("link", { name: "Show on map" }).click();
    await expect(page).toHaveURL(/\/\?trace=[0-9a-f]{32}/);
    await expect(page.getByText(/The way of trace/)).toBeVisible();
    await page.getByRole("button", { name: "Show the whole map" }).click();
    await expect(page.getByText(/The way of trace/)).toBeHidden();
  });

  test("is found and read with the keyboard alone", async ({ page, mesh }) => {
    await failingTrace(mesh);
    await page.goto("/traces?service=reviews%2Freviews&version=v2&status=error&window=900s");
    const rows = page.getByRole("table").getByRole("row");
    await expect(rows.nth(1)).toBeVisible();
    await rows.nth(1).getByRole("link").first().focus();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/trace\?/);
    const grid = page.getByRole("treegrid");
    await expect(grid).toBeVisible();
    await grid.locator('[role="row"][tabindex="0"]').focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    const drawer = page.getByRole("complementary", { name: "Span detail" });
    await expect(drawer).toBeVisible();
    await expect(page).toHaveURL(/span=/);
    await page.keyboard.press("Escape");
    await expect(drawer).toBeHidden();
    await expect(grid.locator('[role="row"]:focus')).toHaveCount(1);
    await page.keyboard.press("ArrowLeft");
    await expect(grid.locator('[role="row"]:focus')).toHaveAttribute("aria-expanded", "false");
    await page.keyboard.press("ArrowRight");
    await expect(grid.locator('[role="row"]:focus')).toHaveAttribute("aria-expanded", "true");
  });
});

test("a selection is told from the rest by what was planted", async ({ page, mesh }) => {
  await until(
    "slow calls of cart",
    async () => {
      const query = { service: "shop/cart", operation: "GET cart", minMs: "115", q: "cart.session=cold" };
      return (await mesh.api.get(endpoints.findTraces, query)).value.items.length >= 8;
    },
    90_000,
    1_000,
  );
  await page.goto("/traces?service=shop%2Fcart&operation=GET%20cart&window=300s&limit=500");
  await page.getByRole("button", { name: "Select by numbers" }).click();
  const form = page.getByRole("form", { name: "Select by numbers" });
  await form
    .getByLabel(/shortest|from .*ms|least/i)
    .first()
    .fill("115");
  await form.getByRole("button", { name: "Select" }).click();
  await page.getByRole("button", { name: "What is different about these?" }).click();
  const panel = page.getByRole("region", { name: "The selection against the rest" });
  await expect(panel.getByRole("listitem").first()).toContainText("cart.session");
});

test("a trace id pasted into the search opens its trace", async ({ page, mesh }) => {
  const id = await failingTrace(mesh);
  await page.goto("/traces");
  await page.getByRole("searchbox", { name: /trace id/ }).fill(`00-${id}-00f067aa0ba902b7-01`);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/trace\\?.*id=${id}`));
});

test("a trace that is not here says so, and what to do", async ({ page }) => {
  await page.goto("/trace?id=4bf92f3577b34da6a3ce929d0e0e4736");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("main")).toContainText(/retention|not arrived|not come|removed/);
});
