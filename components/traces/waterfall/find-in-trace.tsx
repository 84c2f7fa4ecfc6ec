"use client";

import type { KeyboardEvent, RefObject } from "react";

import { Button } from "#components/ui/button.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { formatCount } from "#lib/client/format.ts";

export interface FindInTraceProps {
  input: RefObject<HTMLInputElement | null>;
  text: string;
  onText: (text: string) => void;
  /** Number of matches, and which of them has the focus: 1 = the first, 0 = none. */
  count: number;
  place: number;
  onStep: (by: 1 | -1) => void;
}

/** Finds spans by service, operation, attribute or status. Enter and Shift Enter go from match to match. */
export function FindInTrace({ input, text, onText, count, place, onStep }: FindInTraceProps) {
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    event.preventDefault();
    onStep(event.shiftKey ? -1 : 1);
  };
  const isFinding = text.trim() !== "";
  return (
    <search className="flex min-w-0 items-center gap-1" aria-label="Find in this trace">
      <span className="flex h-(--ctl-h-sm) min-w-0 items-center gap-1.5 rounded-2 border border-ctl-line bg-bg px-2 text-text-3 focus-within:border-info">
        <Icon name="find" size={12} />
        <input
          ref={input}
          type="text"
          value={text}
          aria-label="Find spans"
          placeholder="Find: reviews, status=error…"
          onChange={(event) => onText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          className="h-full w-44 min-w-0 bg-transparent text-12 text-text outline-none max-tablet:w-32"
        />
      </span>
      <span role="status" className="min-w-14 whitespace-nowrap text-12 text-text-2">
        {isFinding ? (count === 0 ? "none" : place === 0 ? formatCount(count) : `${formatCount(place)} of ${formatCount(count)}`) : ""}
        {isFinding ? <span className="sr-only"> spans match</span> : null}
      </span>
      <Button kind="quiet" isSmall isIconOnly isDisabled={count === 0} aria-label="Previous match" onClick={() => onStep(-1)}>
        <Icon name="chevron" size={12} className="rotate-180" />
      </Button>
      <Button kind="quiet" isSmall isIconOnly isDisabled={count === 0} aria-label="Next match" onClick={() => onStep(1)}>
        <Icon name="chevron" size={12} />
      </Button>
    </search>
  );
}
