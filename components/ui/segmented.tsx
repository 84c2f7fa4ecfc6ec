import type { ReactNode } from "react";

import { cx } from "./cx.ts";

export interface SegmentedProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string; icon?: ReactNode }[];
  onChange: (value: Value) => void;
  className?: string;
}

/** A choice among a few words that stay in sight. */
export function Segmented<Value extends string>({ label, value, options, onChange, className }: SegmentedProps<Value>) {
  return (
    <div role="group" aria-label={label} className={cx("inline-flex overflow-hidden rounded-2 bg-surface shadow-1", className)}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
          className={cx(
            "inline-flex h-7 min-w-7 items-center justify-center gap-[5px] whitespace-nowrap border-r px-2 text-12 font-medium last:border-r-0 max-tablet:px-1.5 pointer-coarse:h-11",
            "-outline-offset-2",
            option.value === value ? "bg-info-bg text-info-text" : "text-text-2 hover:bg-hover",
          )}
        >
          {option.icon}
          {option.label}
        </button>
      ))}
    </div>
  );
}
