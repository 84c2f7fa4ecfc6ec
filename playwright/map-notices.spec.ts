import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { expect, test } from "./fixtures.ts";

interface Rect {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const AGO_S = 30;
/** Says of every map that much is missing, as a mesh would of which half does not answer. */
const MISSING = Array.from({ length: 3 }, (_, index) => ({
  level: "warning",
  code: `missing-${index}`,
  text: `Part ${index} of the mesh does not answer: it may be frozen, overloaded or cut off, and nobody has heard of it for a long time`,
  source: null,
  mend: "Look into its log.",
}));

async function missMuch(page: Page): Promise<void> {
  await page.route("**/api/graph?*", async (route) => {
    const response = await route.fetch();
    const answer = (await response.json()) as { notices: unknown[]; coverage: string };
    await route.fulfill({ response, json: { ...answer, coverage: "partial", notices: [...MISSING, ...answer.notices] } });
  });
}

function rectsOf(elements: readonly Element[]): Rect[] {
  return elements.map((element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return { left, top, right, bottom };
  });
}

/** Where the nodes and the numbers of edges lie, and what else stands on the map. */
async function boxesOf(page: Page): Promise<{ words: Rect[]; cards: Rect[] }> {
  const map = page.getByRole("region", { name: "Map", exact: true });
  return {
    words: await map.locator('h1, [role="status"], button:not([data-map-item])').evaluateAll(rectsOf),
    cards: await map.locator("[data-map-item]").evaluateAll(rectsOf),
  };
}

const meet = (a: Rect, b: Rect): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

for (const viewport of [
  { width: 1440, height: 900 },
  { width: 1200, height: 700 },
  { width: 1000, height: 720 },
]) {
  test(`what is said of a moment of the past lies over no node, ${viewport.width} wide`, async ({ page, map }) => {
    await page.setViewportSize(viewport);
    await missMuch(page);
    const at = new Date(Date.now() - AGO_S * 1_000).toISOString();
    await map.open(`?at=${at}`);
    const line = page.getByRole("region", { name: "Map", exact: true }).getByRole("status").filter({ hasText: "Part 0 of the mesh" });
    await expect(line).toBeVisible();
    await expect
      .poll(async () => {
        const { words, cards } = await boxesOf(page);
        expect(words.length).toBeGreaterThan(3);
        expect(cards.length).toBeGreaterThan(10);
        return words.flatMap((word) => cards.filter((card) => meet(word, card)));
      })
      .toEqual([]);

    const more = page.getByRole("button", { name: /^\d more of what to know about this picture/ });
    const before = await boxesOf(page);
    await more.focus();
    await page.keyboard.press("Enter");
    const list = page.getByRole("region", { name: "What to know about this picture" });
    await expect(list).toContainText("Part 2 of the mesh");
    expect((await boxesOf(page)).cards, "what is opened moves nothing").toEqual(before.cards);
    expect((await new AxeBuilder({ page }).analyze()).violations.map((one) => one.id)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(list).toHaveCount(0);
    await expect(more).toBeFocused();
  });
}
