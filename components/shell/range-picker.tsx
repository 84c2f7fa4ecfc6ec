"use client";

import { Popover } from "@base-ui/react/popover";
import { useState } from "react";

import { Icon } from "#components/ui/icon.tsx";
import { windowEndWords } from "#lib/client/moment.ts";
import { useView, windowWords } from "#lib/client/search-params.ts";
import { useNow } from "#lib/client/use-now.ts";
import { WINDOW_CHOICES } from "#lib/contract/requests.ts";

import { EndAtForm } from "./end-at-form.tsx";
import { PICKER_TRIGGER } from "./picker.tsx";

/** The window that every number on the page covers: how long it is, and where it ends. */
export function RangePicker() {
  const { window: chosen, at } = useView();
  const [isOpen, setIsOpen] = useState(false);
  const words = windowEndWords(windowWords(chosen), at, useNow());
  return (
    <Popover.Root open={isOpen} onOpenChange={setIsOpen}>
      <Popover.Trigger className={`${PICKER_TRIGGER} min-w-[178px] border border-line-strong`}>
        <span className="sr-only">Window: </span>
        <Icon name="clock" size={14} className="text-text-3" />
        <span className="flex-1 text-left">{words.charAt(0).toUpperCase() + words.slice(1)}</span>
        <Icon name="chevron" size={14} className="text-text-3" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="start" className="z-40">
          <Popover.Popup className="w-[312px] rounded-3 bg-raised py-1 shadow-3 outline-none">
            <Popover.Title className="sr-only">Window</Popover.Title>
            <WindowChoices onDone={() => setIsOpen(false)} />
            <EndAtForm onDone={() => setIsOpen(false)} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function WindowChoices({ onDone }: { onDone: () => void }) {
  const { window: chosen, at, setView } = useView();
  const choices: readonly string[] = WINDOW_CHOICES;
  const all = choices.includes(chosen) ? choices : [chosen, ...choices];
  return (
    <ul aria-label="Length" className="pb-1">
      {all.map((choice) => (
        <li key={choice}>
          <button
            type="button"
            aria-pressed={choice === chosen}
            onClick={() => {
              void setView({ window: choice });
              onDone();
            }}
            className="grid min-h-8 w-full grid-cols-[16px_1fr] items-center gap-2 px-3 text-left -outline-offset-2 hover:bg-hover pointer-coarse:min-h-11"
          >
            <span>{choice === chosen ? <Icon name="check" /> : null}</span>
            {at === null ? `Last ${windowWords(choice)}` : windowWords(choice)}
          </button>
        </li>
      ))}
    </ul>
  );
}
