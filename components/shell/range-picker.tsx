"use client";

import { Menu } from "@base-ui/react/menu";

import { Icon } from "#components/ui/icon.tsx";
import { WINDOW_CHOICES } from "#lib/contract/requests.ts";
import { useView, windowWords } from "#lib/client/search-params.ts";

import { MENU_ITEM, Picker } from "./picker.tsx";

/** The window that every number on the page covers, up to now. */
export function RangePicker() {
  const { window: chosen, setView } = useView();
  const choices: readonly string[] = WINDOW_CHOICES;
  const all = choices.includes(chosen) ? choices : [chosen, ...choices];
  return (
    <Picker
      label="Window"
      isBoxed
      items={
        <Menu.RadioGroup value={chosen} onValueChange={(value: string) => void setView({ window: value })}>
          {all.map((choice) => (
            <Menu.RadioItem key={choice} value={choice} className={MENU_ITEM} closeOnClick>
              <Menu.RadioItemIndicator>
                <Icon name="check" />
              </Menu.RadioItemIndicator>
              <span className="col-start-2">Last {windowWords(choice)}</span>
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      }
    >
      <Icon name="clock" size={14} className="text-text-3" />
      Last {windowWords(chosen)}
    </Picker>
  );
}
