import { AxeBuilder } from "@axe-core/playwright";
import { endpoints } from "#lib/contract/endpoints.ts";
import { formatCount, formatRate } from "#lib/client/format.ts";

import { until } from "../acceptance/demo-mesh.ts";
import { expect, Mesh, test } from "./fixtures.ts";
import type { MapPage } from "./pages/map-page.ts";
import { TimeBar } from "./pages/time-bar.ts";

const WINDOW = "60s";

async function graphAt(mesh: Mesh, at: string) {
  return (await mesh.api.get(endpoints.getGraph, { window: WINDOW, at })).value;
}

/** The map shows the requests per second that the API tells of a moment, for every service that was called. */
async function expectMapOf(map: MapPage, mesh: Mesh, at: string): Promise<void> {
  const graph = await graphAt(mesh, at);
  const called = graph.nodes.filter((node) => node.kind !== "external" && node.kind !== "unknown" && (node.red.rate ?? 0) > 0);
  expect(called.length).toBeGreaterThan(5);
  for (const node of called) await expect(map.node(node.service), node.id).toContainText(formatRate(node.red.rate));
}

/** A minute of traffic is kept, so that a minute ago is something to look back to. */
test.beforeAll(async () => {
  const mesh = new Mesh();
  await until(
    "a minute of traffic that lies a minute back",
    async () => {
      const at = new Date(Date.now() - 45_000).toISOString();
      const answer = await mesh.api.get(endpoints.getGraph, { window: WINDOW, at });
      return answer.coverage === "complete" && answer.value.edges.length > 5;
    },
    150_000,
    1_000,
  );
});

test.setTimeout(240_000);

test("the map is scrubbed back by keys, kept by a reload and by other pages, and L goes back to live", async ({ page, map, mesh }) => {
  const time = new TimeBar(page);
  await map.open();
  await time.expectLive();
  await page.keyboard.press(",");
  const first = await time.expectPast();
  await page.keyboard.press(",");
  await page.keyboard.press(",");
  await expect.poll(() => Date.parse(first) - Date.parse(time.at() ?? "")).toBe(30_000);
  const at = await time.expectPast();
  await expect(time.range).toContainText("1 min to ");
  await expectMapOf(map, mesh, at);
  await expect(page.getByRole("complementary", { name: "The mesh" })).toContainText(/Requests and errors are of .* are as they are now\./);

  await page.reload();
  await expect(map.node("gateway")).toBeVisible();
  expect(await time.expectPast()).toBe(at);
  await expectMapOf(map, mesh, at);

  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await expect(page).toHaveURL(/\/services\?/);
  expect(time.at()).toBe(at);
  await expect(page.getByRole("complementary", { name: "The past" })).toContainText("You look at");
  const services = (await mesh.api.get(endpoints.listServices, { window: WINDOW, at })).value.items;
  const frontend = services.find((one) => one.id === "shop/frontend");
  await expect(page.getByRole("row", { name: /^frontend/ })).toContainText(formatCount(frontend?.red.count ?? null));

  await page.keyboard.press("l");
  await time.expectLive();
  await expect(page.getByRole("complementary", { name: "The past" })).toHaveCount(0);
  await page.goBack();
  expect(await time.expectPast()).toBe(at);

  await page.goto(`/?at=${at}`);
  await expectMapOf(map, mesh, at);
  await page.keyboard.press("l");
  await time.expectLive();
  const gateway = map.node("gateway");
  await expect(gateway).toBeVisible();
  const before = await gateway.textContent();
  await expect.poll(() => gateway.textContent(), { timeout: 30_000 }).not.toBe(before);
});

test("the timeline moves the end of the window by press, by drag and by the slider's keys", async ({ page, map, mesh }) => {
  const time = new TimeBar(page);
  await map.open();
  const press = await time.pointOf(40);
  await page.mouse.click(press.x, press.y);
  const pressed = await time.expectPast();
  expect(Math.abs(Date.now() - 40_000 - Date.parse(pressed))).toBeLessThan(12_000);
  await expectMapOf(map, mesh, pressed);

  const [from, to] = [await time.pointOf(40), await time.pointOf(80)];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 6 });
  await expect(time.handle).not.toHaveAttribute("aria-valuetext", "now");
  expect(time.at(), "nothing is asked before the hand lets go").toBe(pressed);
  await page.mouse.up();
  await expect.poll(() => time.at()).not.toBe(pressed);
  const dragged = await time.expectPast();
  expect(Date.parse(dragged)).toBeLessThan(Date.parse(pressed) - 20_000);
  await expectMapOf(map, mesh, dragged);

  await page.goBack();
  await time.expectLive();

  await time.handle.focus();
  await page.keyboard.press("ArrowLeft");
  await time.expectPast();
  await page.keyboard.press("End");
  await time.expectLive();
  await page.getByRole("button", { name: "15 seconds back" }).click();
  await time.expectPast();
  await time.chip.click();
  await time.expectLive();
});

test("a date and a time are typed, one that has not come is refused, and of one long ago it is said that nothing is kept", async ({
  page,
  map,
}) => {
  const time = new TimeBar(page);
  await map.open();
  await time.range.click();
  const field = page.getByLabel("End at");
  await field.fill("2999-01-01T12:00:00");
  await page.getByRole("button", { name: "Go", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: "That has not come yet" })).toBeVisible();
  await field.fill("2020-02-03T04:05:06");
  await field.press("Enter");
  await time.expectPast();
  await expect(time.range).toContainText("3 Feb 2020 04:05:06");
  await expect(map.headline).toHaveText("Nothing is kept of this moment");
  await expect(page.getByText(/Nothing is kept of 3 Feb 2020 04:05:06 by \S+: it reaches back to/)).toBeVisible();
  await expect(page.getByText("no call was seen", { exact: false })).toHaveCount(0);
  const found = await new AxeBuilder({ page }).analyze();
  expect(found.violations.map((one) => one.id)).toEqual([]);

  await time.range.click();
  await page.getByRole("button", { name: "Now", exact: true }).click();
  await time.expectLive();
});

test("nothing can be changed from the past, and every way to change says why", async ({ page, map, mesh }) => {
  const time = new TimeBar(page);
  const at = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 30_000).toISOString().replace(".000Z", "Z");
  const refusal = /You look at \d\d:\d\d:\d\d.*: go back to live to change anything\./;
  await map.open(`?at=${at}&sel=reviews%2Freviews`);
  await expect(map.inspector("reviews")).toContainText(refusal);
  await expect(map.inspector("reviews")).toContainText("Split, as it is now");
  await expect(map.slider("v2")).toHaveAttribute("aria-disabled", "true");

  await page.goto(`/route?at=${at}&id=${encodeURIComponent((await mesh.reviewsRoute()).id)}`);
  await expect(page.getByText(refusal).first()).toBeVisible();
  await expect(page.getByText("This page shows how things are now.")).toBeVisible();
  await page.getByRole("button", { name: "Back to live", exact: true }).click();
  await time.expectLive();
  await expect(page.getByText(refusal)).toHaveCount(0);
});

const SERVICE = "/service?id=reviews%2Freviews";

for (const colorScheme of ["light", "dark"] as const) {
  for (const { viewport, paths } of [
    { viewport: { width: 1440, height: 900 }, paths: ["/", "/?sel=reviews%2Freviews", SERVICE, "/routes"] },
    { viewport: { width: 390, height: 844 }, paths: ["/", "/services", SERVICE] },
  ]) {
    test.describe(`${colorScheme}, ${viewport.width} wide`, () => {
      test.use({ colorScheme, viewport });
      for (const path of paths) {
        test(`${path} of the past reads well and passes axe`, async ({ page }) => {
          const at = new Date(Date.now() - 30_000).toISOString();
          await page.goto(`${path}${path.includes("?") ? "&" : "?"}at=${at}`);
          await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
          await expect(page.getByText(/^You look at .* ago\./).filter({ visible: true })).toHaveCount(1);
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
