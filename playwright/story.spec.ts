import { expect, test } from "./fixtures.ts";

test.describe("a failing canary is seen, moved away, proven and undone", () => {
  test.beforeEach(async ({ mesh }) => {
    await mesh.setSplit(10);
  });
  test.afterAll(async ({ mesh }) => {
    await mesh.setSplit(10);
  });

  test("with the mouse", async ({ map, review, page }) => {
    await map.open();
    await map.node("reviews").click();
    const inspector = map.inspector("reviews");
    await expect(inspector).toContainText(/v2 (fails|takes)/);
    await expect(page).toHaveURL(/sel=reviews/);

    const slider = map.slider("v2");
    const box = await slider.boundingBox();
    if (box === null) throw new Error("the slider has no box");
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + 400, box.y + box.height / 2, { steps: 8 });
    await page.mouse.up();
    await expect(slider).toHaveAttribute("aria-valuenow", "0");
    await expect(inspector).toContainText("6 proxies");
    await map.reviewButton.click();

    await expect(review.title).toContainText("v1");
    await expect(page.getByText("v2 goes from 10 % to 0 % of calls to reviews; v1 takes all of them.")).toBeVisible();
    await expect(page.getByText("draft, nothing written")).toBeVisible();
    await review.apply.click();

    await review.expectDone("Asked");
    await review.expectDone("Accepted");
    await review.expectDone("Live");
    await expect(review.step("Live")).toContainText("on 6/6 proxies");
    await review.expectDone("Observed", 60_000);
    await expect(review.step("Observed")).toContainText("v2 gets 0 %");

    const applied = page.url();
    await review.undo.click();
    await expect(page).not.toHaveURL(applied);
    await expect(page).toHaveURL(/change\?id=/);
    await expect(page.getByText(/v2 goes from 0 % to 10 % of calls to reviews/)).toBeVisible();
    await review.expectDone("Live");
  });

  test("with the keyboard alone", async ({ map, review, page }) => {
    await map.open();
    await page.keyboard.press("/");
    await page.keyboard.type("reviews");
    await page.keyboard.press("Escape");
    await map.node("reviews").focus();
    await page.keyboard.press("Enter");
    await expect(map.inspector("reviews")).toBeVisible();

    await map.slider("v2").focus();
    await page.keyboard.press("Home");
    await expect(map.slider("v2")).toHaveAttribute("aria-valuenow", "0");
    await map.reviewButton.focus();
    await page.keyboard.press("Enter");
    await expect(page.getByText("draft, nothing written")).toBeVisible();
    await expect(review.apply).toBeEnabled();
    await page.keyboard.press("Control+Enter");
    await review.expectDone("Live");
    const applied = page.url();
    await review.undo.focus();
    await page.keyboard.press("Enter");
    await expect(page).not.toHaveURL(applied);
    await expect(page.getByText(/v2 goes from 0 % to 10 % of calls to reviews/)).toBeVisible();
    await review.expectDone("Live");
  });
});
