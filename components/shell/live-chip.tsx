"use client";

import { cx } from "#components/ui/cx.ts";
import { Tooltip } from "#components/ui/tooltip.tsx";
import { useLiveStatus } from "#lib/client/live-provider.tsx";
import type { LiveWord } from "#lib/client/live-state.ts";
import { useTimeControls } from "#lib/client/use-time-controls.ts";

const DOTS: Readonly<Record<LiveWord, string>> = {
  connecting: "rounded-full border-2 border-unk",
  live: "rounded-full bg-ok shadow-[0_0_0_3px_color-mix(in_srgb,var(--ok)_22%,transparent)]",
  partly: "rotate-45 rounded-[2px] bg-warn",
  stale: "rounded-full border-2 border-dashed border-unk",
  paused: "rounded-[2px] bg-unk",
  past: "rounded-[2px] bg-info",
  offline: "rounded-[2px] bg-fail",
};

/** How fresh the picture is, in a word and an age; a press stops the clock, or goes back to live. */
export function LiveChip() {
  const status = useLiveStatus();
  const { isLive, toggle } = useTimeControls();
  return (
    <Tooltip text={isLive ? "Pause (L)" : "Back to live (L)"}>
      <button
        type="button"
        onClick={toggle}
        className="inline-flex h-(--ctl-h) flex-none items-center gap-[7px] whitespace-nowrap rounded-2 px-2.5 text-12 text-text-2 hover:bg-hover max-tablet:px-1 tablet:min-w-[196px]"
      >
        <span aria-hidden="true" className={cx("size-2 flex-none", DOTS[status.word])} />
        <b className="font-semi text-text">{status.title}</b>
        {/* On a phone the line under the bar says it. */}
        <span className={cx("max-w-64 truncate", status.word === "past" && "max-tablet:hidden")}>{status.detail}</span>
        <span className="sr-only">. {isLive ? "Pause" : "Go back to live"}</span>
      </button>
    </Tooltip>
  );
}
