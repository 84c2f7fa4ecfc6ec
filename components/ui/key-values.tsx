import type { ReactNode } from "react";

import { cx } from "./cx.ts";

export interface KeyValuesProps {
  items: readonly { key: string; value: ReactNode }[];
  className?: string;
}

/** Short facts: a quiet word and its value. */
export function KeyValues({ items, className }: KeyValuesProps) {
  return (
    <dl className={cx("grid grid-cols-[auto_1fr] gap-x-4 gap-y-[7px] text-12", className)}>
      {items.map((item) => (
        <div key={item.key} className="contents">
          <dt className="whitespace-nowrap text-text-3">{item.key}</dt>
          <dd className="min-w-0">{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}
