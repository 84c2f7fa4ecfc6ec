import { expect, type Locator, type Page } from "@playwright/test";

/** The security page, in the words a reader sees. */
export class SecurityPage {
  readonly page: Page;
  readonly headline: Locator;
  /** The facts that the headline stands on. */
  readonly facts: Locator;
  /** The question of what would break, with its answer and the ways to a review. */
  readonly whatIf: Locator;
  /** Connections that were refused before any request. */
  readonly refused: Locator;

  constructor(page: Page) {
    this.page = page;
    this.headline = page.getByRole("heading", { level: 1 });
    this.facts = page.getByRole("list", { name: "In short" });
    this.whatIf = page.getByRole("region", { name: "What if STRICT" });
    this.refused = page.getByRole("region", { name: "Refused connections" });
  }

  async open(query = ""): Promise<void> {
    await this.page.goto(`/security${query}`);
    await expect(this.facts).toBeVisible({ timeout: 30_000 });
  }

  table(title: "Edges" | "Workloads" | "Certificates"): Locator {
    return this.page.getByRole("table", { name: new RegExp(`^${title}, `) });
  }

  /** Rows of a table without its head. */
  rows(title: "Edges" | "Workloads" | "Certificates"): Locator {
    return this.table(title).locator("tbody").getByRole("row");
  }

  edge(source: string, target: string): Locator {
    return this.rows("Edges").filter({ has: this.page.getByRole("button", { name: `${source} to ${target}`, exact: true }) });
  }

  /** The button that opens the details of a row. */
  opener(name: string): Locator {
    return this.page.locator("tbody").getByRole("button", { name, exact: true });
  }

  /** What stands open beside the table, by what it is. */
  details(name: string): Locator {
    return this.page.getByRole("region", { name, exact: true });
  }

  view(word: "Edges" | "Workloads" | "Certificates" | "Authorization"): Locator {
    return this.page.getByRole("group", { name: "Table" }).getByRole("button", { name: word });
  }

  filter(label: "Edges" | "Observed" | "Declared"): Locator {
    return this.page.getByRole("button", { name: new RegExp(`^${label}: `) });
  }

  /** One line of the menu that is open. */
  choice(name: RegExp): Locator {
    return this.page.getByRole("menuitemradio", { name });
  }

  /** Callers of the question of whom it says that they would break, or that they would not. */
  callersThat(word: "breaks" | "keeps working"): Locator {
    return this.whatIf
      .getByRole("region", { name: "Callers and what would become of them" })
      .getByRole("listitem")
      .filter({ hasText: word });
  }

  review(workload: string): Locator {
    return this.whatIf.getByRole("button", { name: `Review STRICT of ${workload}`, exact: true });
  }
}
