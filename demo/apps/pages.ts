import type { Draws } from "../random/draws.ts";

/** What frontend asks for one page, in order. */
export interface Page {
  readonly name: string;
  readonly share: number;
  readonly needs: readonly string[];
}

/** The visitors' mix. Its shares make the ratios of the demo's numbers: of 1,000 views 644 ask catalog, 243 cart, 155 reviews, 50 checkout. */
export const PAGES: readonly Page[] = [
  { name: "browse", share: 0.552, needs: ["catalog"] },
  { name: "cart", share: 0.243, needs: ["cart"] },
  { name: "product", share: 0.092, needs: ["catalog", "reviews"] },
  { name: "reviews", share: 0.063, needs: ["reviews"] },
  { name: "checkout", share: 0.05, needs: ["checkout"] },
];

export function drawPage(draws: Draws): Page {
  let left = draws();
  for (const page of PAGES) {
    left -= page.share;
    if (left < 0) return page;
  }
  // Rounding can leave a sliver at the top.
  return { name: "browse", share: 0, needs: ["catalog"] };
}
