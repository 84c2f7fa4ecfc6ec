"use client";

import { createContext, useContext, type ReactNode } from "react";

export const DETAIL_ID = "security-detail";

/** Which row stands open, and how to open another; `null` closes. */
export interface RowSelection {
  selected: string | null;
  select: (id: string | null) => void;
}

const SelectionContext = createContext<RowSelection>({ selected: null, select: () => undefined });

export const RowSelectionProvider = SelectionContext.Provider;

export function useRowSelection(): RowSelection {
  return useContext(SelectionContext);
}

/** The name of a row; pressing it shows everything that is known of it beside the table. */
export function RowOpener({ id, children }: { id: string; children: ReactNode }) {
  const { selected, select } = useRowSelection();
  const isOpen = selected === id;
  return (
    <button
      type="button"
      data-opens={id}
      aria-expanded={isOpen}
      aria-controls={isOpen ? DETAIL_ID : undefined}
      onClick={() => select(isOpen ? null : id)}
      className="inline-flex min-h-6 scroll-mt-9 items-center gap-1 text-left underline-offset-3 hover:underline max-tablet:max-w-[36vw] max-tablet:whitespace-normal"
    >
      {children}
    </button>
  );
}
