"use client";

import { useState, type ReactNode } from "react";

import { Button } from "#components/ui/button.tsx";
import { Chip } from "#components/ui/chip.tsx";
import { useCopy } from "#components/ui/copy-command.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { formatQuantity } from "#lib/client/format.ts";
import type { PlanDiff } from "#lib/model/routing.ts";

import { touchedLines } from "./change-words.ts";
import { toPatch } from "./word-diff.ts";
import { NumberedText, YamlDiff } from "./yaml-diff.tsx";

export interface DiffPanelProps {
  diff: PlanDiff;
  /** The bar under the text: apply, or what became of it. */
  children: ReactNode;
}

/** What changes in the file: the lines, or the whole of it as it would stand. */
export function DiffPanel({ diff, children }: DiffPanelProps) {
  const [isWhole, setIsWhole] = useState(false);
  const patch = useCopy(toPatch(diff));
  const lines = diff.before.replace(/\n$/, "").split("\n").length;
  const changed = touchedLines(diff);
  return (
    <Panel
      title="Change to the file"
      className="flex-1"
      aside={
        <Chip>
          {changed} of {formatQuantity(lines, "line")}
        </Chip>
      }
      badge={<span className="text-11 text-text-3">comments and order kept</span>}
    >
      <div className="flex-1 px-4 pb-3">
        {isWhole ? (
          <NumberedText text={diff.after} label={`${diff.location} after the change`} className="max-h-[60dvh]" />
        ) : (
          <YamlDiff diff={diff} />
        )}
      </div>
      <div className="sticky bottom-0 flex flex-wrap items-start gap-x-3 gap-y-2 rounded-b-3 border-t bg-surface px-4 py-3">
        <div className="min-w-0 flex-1">{children}</div>
        <div className="flex gap-1 py-1">
          <Button kind="quiet" isSmall onClick={patch.copy}>
            <Icon name="copy" size={14} />
            {patch.word === "Copy" ? "Copy as patch" : patch.word}
          </Button>
          <Button kind="quiet" isSmall aria-pressed={isWhole} onClick={() => setIsWhole(!isWhole)}>
            <Icon name="file" size={14} />
            {isWhole ? "Changed lines" : "Whole file"}
          </Button>
        </div>
      </div>
    </Panel>
  );
}
