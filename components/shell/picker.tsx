"use client";

import { Menu } from "@base-ui/react/menu";
import type { ReactNode } from "react";

import { cx } from "#components/ui/cx.ts";
import { Icon } from "#components/ui/icon.tsx";

export interface PickerProps {
  /** Says what is chosen here, before the choice itself. */
  label: string;
  /** What is chosen now. */
  children: ReactNode;
  /** The menu's items. */
  items: ReactNode;
  isBoxed?: boolean;
}

/** A top-bar choice: the words of what is chosen, and a menu under it. */
export function Picker({ label, children, items, isBoxed = false }: PickerProps) {
  return (
    <Menu.Root>
      <Menu.Trigger className={cx(PICKER_TRIGGER, isBoxed && "border border-line-strong")}>
        <span className="sr-only">{label}: </span>
        {children}
        <Icon name="chevron" size={14} className="text-text-3" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={6} align="start" className="z-40">
          <Menu.Popup className="max-h-[70dvh] min-w-44 overflow-auto rounded-3 bg-raised py-1 shadow-3 outline-none">{items}</Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

/** Classes of the button that names what is chosen. */
export const PICKER_TRIGGER = "inline-flex h-(--ctl-h) items-center gap-1.5 whitespace-nowrap rounded-2 px-2.5 font-medium hover:bg-hover";

/** Classes of one line in a menu. */
export const MENU_ITEM =
  "grid min-h-8 cursor-default grid-cols-[16px_1fr_auto] items-center gap-2 px-3 outline-none select-none data-highlighted:bg-hover pointer-coarse:min-h-11";
