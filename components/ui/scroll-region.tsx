import type { ReactNode, Ref } from "react";

// What scrolls must be reachable by keyboard even where it holds nothing to press (WCAG 2.1.1).
const REACHABLE = { role: "region", tabIndex: 0 } as const;

export interface ScrollRegionProps {
  label: string;
  children: ReactNode;
  className?: string;
  ref?: Ref<HTMLDivElement>;
}

/** A part that scrolls by itself, with a name and a place in the tab order. */
export function ScrollRegion({ label, children, className, ref }: ScrollRegionProps) {
  return (
    <div {...REACHABLE} ref={ref} aria-label={label} className={`-outline-offset-2 ${className ?? ""}`}>
      {children}
    </div>
  );
}
