import { expect, type Locator, type Page } from "@playwright/test";

/** Where the reader is in time, in the words of the top bar and the timeline. */
export class TimeBar {
  readonly page: Page;
  /** The window and its end. */
  readonly range: Locator;
  /** The LiveChip. */
  readonly chip: Locator;
  readonly timeline: Locator;
  readonly handle: Locator;

  constructor(page: Page) {
    this.page = page;
    this.range = page.getByRole("button", { name: /^Window: / });
    this.chip = page.getByRole("banner").getByRole("button", { name: /(Go back to live|Pause)$/ });
    this.timeline = page.getByRole("region", { name: "Timeline" });
    this.handle = this.timeline.getByRole("slider", { name: "End of the window" });
  }

  /** The end of the window as the address has it; `null` = now. */
  at(): string | null {
    return new URL(this.page.url()).searchParams.get("at");
  }

  async expectPast(): Promise<string> {
    await expect(this.page).toHaveURL(/[?&]at=/);
    await expect(this.chip).toContainText("Past");
    return this.at() ?? "";
  }

  async expectLive(): Promise<void> {
    await expect(this.page).not.toHaveURL(/[?&]at=/);
    await expect(this.chip).toContainText("Live");
    await expect(this.range).toContainText("Last ");
  }

  /** Middle of a moment in the timeline's picture, seconds before its right end. */
  async pointOf(secondsAgo: number): Promise<{ x: number; y: number }> {
    const box = await this.timeline.getByRole("img").boundingBox();
    if (box === null) throw new Error("the timeline has no picture");
    // The picture ends twelve pixels before its right edge.
    const length = box.width - 12;
    return { x: box.x + length * (1 - secondsAgo / 900), y: box.y + 50 };
  }
}
