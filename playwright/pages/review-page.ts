import { expect, type Locator, type Page } from "@playwright/test";

/** The review of a change, before and after it is applied. */
export class ReviewPage {
  readonly page: Page;
  readonly title: Locator;
  readonly apply: Locator;
  readonly undo: Locator;

  constructor(page: Page) {
    this.page = page;
    this.title = page.getByRole("heading", { level: 1 });
    this.apply = page.getByRole("button", { name: /^Apply to \d+ prox/ });
    this.undo = page.getByRole("button", { name: /^Undo/ });
  }

  /** One of asked, accepted, live, observed, with its state and text. */
  step(name: "Asked" | "Accepted" | "Live" | "Observed"): Locator {
    return this.page.getByRole("listitem").filter({ hasText: new RegExp(`^${name}, `) });
  }

  async expectDone(name: "Asked" | "Accepted" | "Live" | "Observed", timeoutMs = 20_000): Promise<void> {
    await expect(this.step(name)).toContainText(`${name}, done`, { timeout: timeoutMs });
  }
}
