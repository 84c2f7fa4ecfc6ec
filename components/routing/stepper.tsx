"use client";

import { useState, type KeyboardEvent } from "react";

import { Icon } from "#components/ui/icon.tsx";
import { formatShare } from "#lib/routing/format-share.ts";

import { parsePercent } from "./draft.ts";

export interface StepperProps {
  /** The leg's name, for the labels. */
  name: string;
  /** Share shown, 0 to 1. */
  share: number;
  isDisabled: boolean;
  onPercent: (percent: number) => void;
  /** One step up or down; Shift makes it five. */
  onStep: (steps: number) => void;
}

/** A share as a number field between minus and plus. */
export function Stepper({ name, share, isDisabled, onPercent, onStep }: StepperProps) {
  // What is being typed; null while the field only shows.
  const [typed, setTyped] = useState<string | null>(null);
  const isOdd = typed !== null && parsePercent(typed) === null;

  const take = (text: string) => {
    setTyped(text);
    const percent = parsePercent(text);
    if (percent !== null) onPercent(percent);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter" || event.key === "Escape") setTyped(null);
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    setTyped(null);
    onStep((event.key === "ArrowUp" ? 1 : -1) * (event.shiftKey ? 5 : 1));
  };

  return (
    <span className="inline-flex h-[30px] overflow-hidden rounded-2 border border-ctl-line bg-surface focus-within:border-info pointer-coarse:h-11 has-disabled:border-line has-disabled:bg-sunken">
      <StepButton label={`${name}: 1 point less`} icon="minus" isDisabled={isDisabled} onStep={(size) => onStep(-size)} />
      <input
        inputMode="decimal"
        aria-label={`${name} share in percent`}
        aria-invalid={isOdd || undefined}
        disabled={isDisabled}
        value={typed ?? formatShare(share)}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => take(event.currentTarget.value)}
        onBlur={() => setTyped(null)}
        onKeyDown={onKeyDown}
        className="w-[58px] border-x bg-transparent text-center font-semi outline-none -outline-offset-2 focus-visible:outline-2 focus-visible:outline-info disabled:text-text-3"
      />
      <StepButton label={`${name}: 1 point more`} icon="plus" isDisabled={isDisabled} onStep={onStep} />
    </span>
  );
}

interface StepButtonProps {
  label: string;
  icon: "minus" | "plus";
  isDisabled: boolean;
  onStep: (size: number) => void;
}

function StepButton({ label, icon, isDisabled, onStep }: StepButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      disabled={isDisabled}
      onClick={(event) => onStep(event.shiftKey ? 5 : 1)}
      className="grid w-[30px] place-items-center text-text-2 -outline-offset-2 not-disabled:hover:bg-hover disabled:text-text-3 pointer-coarse:w-11"
    >
      <Icon name={icon} size={14} />
    </button>
  );
}
