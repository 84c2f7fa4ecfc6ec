"use client";

import { Button } from "#components/ui/button.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { formatQuantity } from "#lib/client/format.ts";

export interface SelectionBarProps {
  /** What is selected, in words. */
  words: string;
  /** Loaded traces in it. */
  count: number;
  isCompared: boolean;
  onShowOnly: () => void;
  onCompare: () => void;
  onClear: () => void;
}

/** What can be done with a selection. */
export function SelectionBar({ words, count, isCompared, onShowOnly, onCompare, onClear }: SelectionBarProps) {
  return (
    <div role="group" aria-label="Selection" className="flex flex-wrap items-center gap-2 border-t px-4 py-2 text-12">
      <StatusGlyph tone="info" />
      <span>
        <b className="font-semi">{formatQuantity(count, "trace")} selected</b> <span className="text-text-2">{words}</span>
      </span>
      <span className="ml-auto flex flex-wrap gap-2">
        <Button isSmall onClick={onShowOnly}>
          Show only these
        </Button>
        <Button isSmall kind={isCompared ? "plain" : "primary"} aria-pressed={isCompared} onClick={onCompare}>
          What is different about these?
        </Button>
        <Button isSmall kind="quiet" onClick={onClear}>
          Clear
        </Button>
      </span>
    </div>
  );
}
