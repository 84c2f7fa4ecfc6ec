import { AxeBuilder } from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";

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

const section = (page: Page): Locator => page.getByRole("region", { name: "Map", exact: true });

/** Where the nodes and the numbers of edges lie, and what else stands on the map. */
async function boxesOf(page: Page): Promise<{ words: Rect[]; cards: Rect[] }> {
  return {
    words: await section(page).locator('h1, [role="status"], button:not([data-map-item])').evaluateAll(rectsOf),
    cards: await section(page).locator("[data-map-item]").evaluateAll(rectsOf),
  };
}

/** Where the graph begins, below everything that is said of it. */
async function topOfGraph(page: Page): Promise<number> {
  const [graph] = await section(page)
    .getByRole("group", { name: /^Service graph/ })
    .evaluateAll(rectsOf);
  if (graph === undefined) throw new Error("no graph is drawn");
  return graph.top;
}

const meet = (a: Rect, b: Rect): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

for (const viewport of [
  { width: 1440, height: 900 },
  { width: 1200, height: 700 },
  { width: 1000, height: 720 },
]) {
  test(`what is said of a moment of the past lies over no node, ${viewport.width} wide`, async ({ page, map }) => {
    await page.setViewportSize(viewport);
    const at = new Date(Date.now() - AGO_S * 1_000).toISOString();
    await map.open(`?at=${at}`);
    const wholeTop = await topOfGraph(page);
    await missMuch(page);
    await map.open(`?at=${at}`);
    const line = section(page).getByRole("status").filter({ hasText: "Part 0 of the mesh" });
    await expect(line).toBeVisible();
    const graphTop = await topOfGraph(page);
    expect(graphTop, "a notice moves nothing").toBe(wholeTop);
    const more = page.getByRole("button", { name: /^\d more of what to know about this picture/ });
    const said = section(page)
      .locator('h1, [role="status"]')
      .or(section(page).getByRole("button", { name: "Back to live" }))
      .or(more);
    expect(await said.count()).toBeGreaterThan(3);
    for (const { bottom } of await said.evaluateAll(rectsOf)) expect(bottom).toBeLessThanOrEqual(graphTop);
    await expect
      .poll(async () => {
        const { words, cards } = await boxesOf(page);
        expect(words.length).toBeGreaterThan(3);
        expect(cards.length).toBeGreaterThan(10);
        return words.flatMap((word) => cards.filter((card) => meet(word, card)));
      })
      .toEqual([]);

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
