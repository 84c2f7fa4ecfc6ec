"use client";

import { Popover } from "@base-ui/react/popover";

import { useNow } from "#lib/client/use-now.ts";
import type { Sourced } from "#lib/model/evidence.ts";

import { cx } from "./cx.ts";
import { NoticeList } from "./notice-list.tsx";
import { OriginList } from "./origin-list.tsx";
import { ScrollRegion } from "./scroll-region.tsx";
import { badgeText, badgeTone } from "./source-badge-text.ts";

export interface SourceBadgeProps {
  /** The answer that the panel shows; nothing is drawn before the first one. */
  answer: Sourced<unknown> | undefined;
  className?: string;
}

const DOTS = {
  fresh: "rounded-full bg-ok",
  partial: "rotate-45 bg-warn",
  stale: "border border-unk",
  unasked: "rounded-full bg-unk",
} as const;

/** Where a panel's numbers come from and how old they are; opens to the questions behind them, what those cost, and what is missing. */
export function SourceBadge({ answer, className }: SourceBadgeProps) {
  const now = useNow();
  if (answer === undefined) return null;
  const tone = badgeTone(answer);
  const { sources, state } = badgeText(answer, now);
  return (
    <Popover.Root>
      <Popover.Trigger
        className={cx(
          "inline-flex min-h-6 max-w-full items-center gap-[5px] whitespace-nowrap rounded-1 text-11 text-text-3 hover:text-text-2",
          className,
        )}
      >
        <span aria-hidden="true" className={cx("size-[5px] flex-none", DOTS[tone])} />
        <span className="flex min-w-0 gap-[0.3em]">
          <span className="truncate">{sources}</span>
          {state === "" ? null : <span className="flex-none">{`· ${state}`}</span>}
        </span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="end" className="z-40">
          <Popover.Popup className="max-w-100 rounded-3 bg-raised p-4 text-12 shadow-3">
            <Popover.Title className="mb-2 text-13 font-semi">Where this comes from</Popover.Title>
            <ScrollRegion label="Questions and answers" className="max-h-[min(50vh,24rem)] overflow-y-auto">
              <OriginList origins={answer.provenance} now={now} />
            </ScrollRegion>
            <NoticeList notices={answer.notices} className="mt-3 border-t pt-3" />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
