"use client";

import { Menu } from "@base-ui/react/menu";

import { MENU_ITEM, Picker } from "#components/shell/picker.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { setPreferences, usePreferences } from "#lib/client/preferences.ts";

import { OPTIONAL_COLUMNS } from "./trace-columns.tsx";

/** Columns that the reader put away. */
export function useHiddenColumns(): readonly string[] {
  return usePreferences().hiddenTraceColumns ?? NONE;
}

const NONE: readonly string[] = [];

/** Which columns the table of traces has; kept for this browser. */
export function ColumnPicker() {
  const hidden = useHiddenColumns();
  const show = (id: string, isShown: boolean) => {
    const rest = hidden.filter((each) => each !== id);
    setPreferences({ hiddenTraceColumns: isShown ? rest : [...rest, id] });
  };
  return (
    <Picker
      label="Columns"
      items={OPTIONAL_COLUMNS.map(({ id, header }) => (
        <Menu.CheckboxItem
          key={id}
          className={MENU_ITEM}
          checked={!hidden.includes(id)}
          closeOnClick={false}
          onCheckedChange={(isShown) => show(id, isShown)}
        >
          <Menu.CheckboxItemIndicator>
            <Icon name="check" />
          </Menu.CheckboxItemIndicator>
          <span className="col-start-2">{header}</span>
        </Menu.CheckboxItem>
      ))}
    >
      <span aria-hidden="true">Columns</span>
      <span className="sr-only">
        {OPTIONAL_COLUMNS.length - hidden.length} of {OPTIONAL_COLUMNS.length}
      </span>
    </Picker>
  );
}
