"use client";

import { Menu } from "@base-ui/react/menu";

import { buttonClass } from "#components/ui/button.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { setPreferences, usePreferences, type Preferences } from "#lib/client/preferences.ts";

import { MENU_ITEM } from "./picker.tsx";

const THEMES: readonly { value: Preferences["theme"]; word: string }[] = [
  { value: "system", word: "As the system" },
  { value: "light", word: "Light" },
  { value: "dark", word: "Dark" },
];

const DENSITIES: readonly { value: Preferences["density"]; word: string }[] = [
  { value: "comfortable", word: "Comfortable rows" },
  { value: "compact", word: "Compact rows" },
];

/** Light or dark, roomy or tight: kept in this browser. */
export function ThemeToggle() {
  const { theme, density } = usePreferences();
  return (
    <Menu.Root>
      <Menu.Trigger aria-label="Look" className={buttonClass({ kind: "quiet", isIconOnly: true, className: "max-tablet:hidden" })}>
        <Icon name={theme === "dark" ? "moon" : "sun"} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={6} align="end" className="z-40">
          <Menu.Popup className="min-w-48 rounded-3 bg-raised py-1 shadow-3 outline-none">
            <Menu.RadioGroup value={theme} onValueChange={(value: Preferences["theme"]) => setPreferences({ theme: value })}>
              {THEMES.map((choice) => (
                <RadioLine key={choice.value} value={choice.value} word={choice.word} />
              ))}
            </Menu.RadioGroup>
            <Menu.Separator className="my-1 border-t" />
            <Menu.RadioGroup value={density} onValueChange={(value: Preferences["density"]) => setPreferences({ density: value })}>
              {DENSITIES.map((choice) => (
                <RadioLine key={choice.value} value={choice.value} word={choice.word} />
              ))}
            </Menu.RadioGroup>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function RadioLine({ value, word }: { value: string; word: string }) {
  return (
    <Menu.RadioItem value={value} className={MENU_ITEM}>
      <Menu.RadioItemIndicator>
        <Icon name="check" />
      </Menu.RadioItemIndicator>
      <span className="col-start-2">{word}</span>
    </Menu.RadioItem>
  );
}
