import type { Locator } from "@playwright/test";

/** More stops than any page has: who is not reached by then cannot be reached. */
const MOST_PRESSES = 200;

/** Presses a key until the target has the focus, as somebody without a mouse gets there. Throws when it never does. */
export async function pressUntilFocused(key: "Tab" | "ArrowDown", target: Locator): Promise<void> {
  await target.waitFor();
  for (let presses = 0; presses < MOST_PRESSES; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await target.page().keyboard.press(key);
  }
  throw new Error(`${key} never led to ${String(target)}`);
}
