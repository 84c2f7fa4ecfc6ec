"use client";

import { Autocomplete } from "@base-ui/react/autocomplete";
import { useId } from "react";

import { cx } from "#components/ui/cx.ts";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { Icon } from "#components/ui/icon.tsx";

import { Field, FIELD, useDraft } from "./field.tsx";
import type { NameOption } from "./name-options.ts";

/** More than this cannot be read; typing narrows them. */
const MOST_OFFERED = 100;

export interface NameFieldProps {
  label: string;
  placeholder: string;
  value: string;
  options: readonly NameOption[];
  onCommit: (value: string) => void;
  className?: string;
}

/** A name: typed freely, or chosen among those that are known. Takes effect on Enter, on choosing, and on leaving the field. */
export function NameField({ label, placeholder, value, options, onCommit, className }: NameFieldProps) {
  const id = useId();
  const [draft, setDraft] = useDraft(value);
  const commit = (text: string) => {
    const trimmed = text.trim();
    if (trimmed === value) setDraft(value);
    else onCommit(trimmed);
  };
  return (
    <Field label={label} id={id} {...(className === undefined ? {} : { className })}>
      <Autocomplete.Root
        items={options}
        limit={MOST_OFFERED}
        // The name that is chosen is no search among the others: opened again, the list offers all.
        {...(draft === value ? { filter: null } : {})}
        openOnInputClick
        value={draft}
        onValueChange={(text, details) => {
          setDraft(text);
          if (details.reason === "item-press" || details.reason === "clear-press") commit(text);
        }}
        itemToStringValue={(option: NameOption) => option.value}
      >
        <span className="relative block">
          <Autocomplete.Input
            id={id}
            placeholder={placeholder}
            autoComplete="off"
            spellCheck={false}
            dir="auto"
            onBlur={() => commit(draft)}
            onKeyDown={(event) => {
              // With an option in hand Enter chooses it; without one it takes the text as it is.
              const isChoosing = event.currentTarget.getAttribute("aria-activedescendant") !== null;
              if (event.key === "Enter" && !isChoosing) commit(draft);
            }}
            className={cx(FIELD, value !== "" && "border-info pr-7")}
          />
          {value === "" ? null : (
            <Autocomplete.Clear
              aria-label={`Any ${label.toLowerCase()}`}
              className="absolute inset-y-0 right-0 grid w-7 place-items-center rounded-2 text-text-3 -outline-offset-2 hover:text-text pointer-coarse:w-11"
            >
              <Icon name="close" size={12} />
            </Autocomplete.Clear>
          )}
        </span>
        <Autocomplete.Portal>
          <Autocomplete.Positioner sideOffset={4} align="start" className="z-40">
            <Autocomplete.Popup className="max-h-80 w-80 max-w-[calc(100vw-32px)] overflow-auto rounded-3 bg-raised py-1 shadow-3">
              <Autocomplete.Empty>
                <p className="px-3 py-2 text-12 text-text-3 empty:hidden">No name like this is known; Enter asks for it all the same.</p>
              </Autocomplete.Empty>
              <Autocomplete.List>
                {(option: NameOption) => (
                  <Autocomplete.Item
                    key={option.value}
                    value={option}
                    className="flex min-h-8 cursor-default items-center gap-2 px-3 data-highlighted:bg-hover pointer-coarse:min-h-11"
                  >
                    <ForeignText text={option.value} className="min-w-0 flex-1 truncate" />
                    <ForeignText text={option.detail} className="flex-none text-11 text-text-3" />
                  </Autocomplete.Item>
                )}
              </Autocomplete.List>
            </Autocomplete.Popup>
          </Autocomplete.Positioner>
        </Autocomplete.Portal>
      </Autocomplete.Root>
    </Field>
  );
}
