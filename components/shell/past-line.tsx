"use client";

import { usePathname } from "next/navigation.js";
import { useEffect, useRef } from "react";

import { cx } from "#components/ui/cx.ts";
import { announcer } from "#lib/client/announcer.ts";
import { lookWords, momentWords } from "#lib/client/moment.ts";
import { useNow } from "#lib/client/use-now.ts";
import { useTimeControls } from "#lib/client/use-time-controls.ts";

import { showsNow } from "./destinations.ts";

/** Says under the top bar that the reader looks at the past, and leads back. The wide map says it itself, and keeps its place. */
export function PastLine() {
  const pathname = usePathname();
  const { atMs, goLive } = useTimeControls();
  const now = useNow();
  useTimeVoice(atMs);
  if (atMs === null) return null;
  return (
    <aside
      aria-label="The past"
      className={cx(
        "flex min-h-8 flex-wrap items-center gap-x-2 border-b bg-info-bg px-5 text-12 text-info-text [grid-area:past] max-tablet:px-4",
        pathname === "/" && "tablet:hidden",
      )}
    >
      <span>{lookWords(atMs, now)}</span>
      {showsNow(pathname) ? <span>This page shows how things are now.</span> : null}
      <button type="button" className="evidence min-h-6 font-semi pointer-coarse:min-h-11" onClick={goLive}>
        Back to live
      </button>
    </aside>
  );
}

/** Speaks where the window ends whenever that changes; how long ago it was goes on by itself, and is not spoken. */
function useTimeVoice(atMs: number | null): void {
  const before = useRef(atMs);
  useEffect(() => {
    if (before.current === atMs) return;
    before.current = atMs;
    announcer.announce(atMs === null ? "Back to live." : `The window ends at ${momentWords(atMs, Date.now())}.`);
  }, [atMs]);
}
