"use client";

import { cx } from "#components/ui/cx.ts";

import { isReachable, PRESETS } from "./draft.ts";

export interface PresetRowProps {
  /** Whose share the presets set. */
  name: string;
  total: number;
  /** Drafted and asked share of that leg, 0 to 1. */
  draft: number;
  asked: number;
  isDisabled: boolean;
  onPercent: (percent: number) => void;
}

/** The usual steps of a rollout, one press each. */
export function PresetRow({ name, total, draft, asked, isDisabled, onPercent }: PresetRowProps) {
  return (
    <div role="group" aria-label={`${name} share presets`} className="grid grid-cols-7 gap-1">
      {PRESETS.map((preset) => {
        const isDraft = Math.abs(draft * 100 - preset) < 0.05;
        const isAsked = Math.abs(asked * 100 - preset) < 0.05;
        return (
          <button
            key={preset}
            type="button"
            disabled={isDisabled || !isReachable(total, preset)}
            aria-pressed={isDraft}
            aria-label={`${name} ${preset} %${isAsked ? ", asked now" : ""}`}
            onClick={() => onPercent(preset)}
            className={cx(
              "grid h-7 place-items-center rounded-1 text-12 font-medium pointer-coarse:h-11",
              isDraft
                ? "bg-info-bg text-info-text shadow-[inset_0_0_0_1.5px_var(--info)]"
                : cx(
                    "bg-sunken text-text-2 not-disabled:hover:text-text disabled:text-text-3",
                    isAsked && "shadow-[inset_0_0_0_1px_var(--ctl-line)]",
                  ),
            )}
          >
            {preset === 0 ? "0 %" : preset}
          </button>
        );
      })}
    </div>
  );
}
