import { expect, test } from "./fixtures.ts";

test.describe("when something goes wrong", () => {
  test.beforeEach(async ({ mesh }) => {
    await mesh.setSplit(10);
  });

  test("the second of two editors is refused, told who was first, and can plan again", async ({ map, review, mesh, page }) => {
    await map.open("?sel=reviews%2Freviews");
    await page.getByRole("button", { name: /^v2 25 %/ }).click();
    await map.reviewButton.click();
    await expect(review.apply).toBeEnabled();
    const other = await mesh.setSplit(50);
    await review.apply.click();
    await expect(page.getByText(new RegExp(`local changed reviews at .*change ${other ?? "?"}`))).toBeVisible();
    await expect(page.getByText("Nothing was written").first()).toBeVisible();
    await page.getByRole("button", { name: "Plan again on what is there now" }).click();
    await expect(page.getByText(/v2 goes from 50 % to 25 %/)).toBeVisible();
  });

  test("a frozen proxy leaves the change live on five of six, by name, until it is back", async ({ map, review, mesh, page }) => {
    const victim = "catalog-v1-1.shop";
    await mesh.faults({ proxies: { [victim]: "frozen" } });
    try {
      await map.open("?sel=reviews%2Freviews");
      await page.getByRole("button", { name: /^v2 5 %/ }).click();
      await map.reviewButton.click();
      await review.apply.click();
      await expect(review.step("Live")).toContainText("on 5/6 proxies", { timeout: 20_000 });
      await expect(page.getByRole("status").filter({ hasText: victim })).toBeVisible({ timeout: 20_000 });
    } finally {
      await mesh.faults({ proxies: { [victim]: "running" } });
    }
    await review.expectDone("Live", 30_000);
    await expect(review.step("Live")).toContainText("on 6/6 proxies");
  });

  test("a stopped proxy dims its own card and nothing else", async ({ map, mesh, page }) => {
    const victim = "ledger-v1-0.payments";
    await mesh.faults({ proxies: { [victim]: "frozen" } });
    try {
      await map.open();
      await expect(map.node("ledger")).toHaveAccessibleName(/unknown|failing/, { timeout: 30_000 });
      await expect(map.node("catalog")).toHaveAccessibleName(/requests per second/);
      await page.goto("/sources");
      await expect(page.getByText("14/15").or(page.getByText("14 of 15")).first()).toBeVisible({ timeout: 20_000 });
      await expect(page.getByText(victim).first()).toBeVisible();
    } finally {
      await mesh.faults({ proxies: { [victim]: "running" } });
    }
  });
});
