import { expect, type Locator, type Page } from "@playwright/test";

/** The map with its inspector, in the words a reader sees. */
export class MapPage {
  readonly page: Page;
  readonly headline: Locator;

  constructor(page: Page) {
    this.page = page;
    this.headline = page.getByRole("heading", { level: 1 });
  }

  async open(query = ""): Promise<void> {
    await this.page.goto(`/${query}`);
    await expect(this.node("gateway")).toBeVisible({ timeout: 30_000 });
  }

  /** The card of a service. */
  node(service: string): Locator {
    return this.page.getByRole("button", { name: new RegExp(`^${service}, `) });
  }

  inspector(service: string): Locator {
    return this.page.getByRole("complementary", { name: new RegExp(service) });
  }

  slider(version: string): Locator {
    return this.page.getByRole("slider", { name: `${version} share` });
  }

  get reviewButton(): Locator {
    return this.page.getByRole("button", { name: /^Review change/ });
  }
}
