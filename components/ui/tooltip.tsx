"use client";

import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement, ReactNode } from "react";

export interface TooltipProps {
  /** Adds to what is seen; never the only way to it. */
  text: ReactNode;
  children: ReactElement<Record<string, unknown>>;
}

/** Opens on hover and on focus, stays while pointed at, closes on Esc. */
export function Tooltip({ text, children }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} className="z-50">
          <Base.Popup className="max-w-80 rounded-2 bg-raised px-2.5 py-1.5 text-12 shadow-3">{text}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
