"use client";

import { useId, useState } from "react";

import { cx } from "#components/ui/cx.ts";
import { Icon } from "#components/ui/icon.tsx";
import { NoticeList } from "#components/ui/notice-list.tsx";
import { ScrollRegion } from "#components/ui/scroll-region.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { withLocalTimes } from "#lib/client/moment.ts";
import { useKeys } from "#lib/client/use-keys.ts";
import { useNow } from "#lib/client/use-now.ts";
import type { Notice } from "#lib/model/evidence.ts";

export interface MapNoticesProps {
  notices: readonly Notice[];
  /** On a page that scrolls: every line in full, and the rest under it. Else one line that is cut, and the rest over the map. */
  isInFlow?: boolean;
}

/** A line of this many characters has room beside everything else that may stand there. */
const SHORT_LINE = 60;

/** What the picture lacks, in one line that is spoken when it changes; all of it, with its mends, on demand. */
export function MapNotices({ notices, isInFlow = false }: MapNoticesProps) {
  const now = useNow();
  const [isOpen, setOpen] = useState(false);
  const listId = useId();
  const [first, ...others] = notices;
  const text = first === undefined ? "" : withLocalTimes(first.text, now).replace(/\.$/, "");
  const isCut = !isInFlow && text.length > SHORT_LINE;
  const hasMore = first !== undefined && (others.length > 0 || first.mend !== null || isCut);
  // Bound before the page's own, which would take the selection away.
  useKeys(hasMore && isOpen ? { Escape: () => setOpen(false) } : {});
  return (
    <div className={cx("flex min-w-0 items-center gap-x-2", isInFlow ? "flex-wrap" : "flex-1")}>
      <p role="status" className="min-w-0 font-medium text-unk-text">
        {first === undefined ? null : (
          <span className={cx("flex min-w-0 gap-[5px]", isInFlow ? "items-baseline" : "items-center")}>
            <StatusGlyph tone={first.level === "info" ? "info" : "unk"} />
            <span className={isInFlow ? "" : "truncate"}>{text}</span>
          </span>
        )}
      </p>
      {hasMore ? (
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={isOpen ? listId : undefined}
          onClick={() => setOpen(!isOpen)}
          className="evidence inline-flex min-h-6 flex-none items-center gap-0.5 pointer-coarse:min-h-11"
        >
          {others.length === 0 ? "More" : `${others.length} more`}
          <span className="sr-only"> of what to know about this picture</span>
          <Icon name="chevron" size={12} className={isOpen ? "rotate-180" : ""} />
        </button>
      ) : null}
      {hasMore && isOpen ? (
        <div id={listId} className={isInFlow ? "w-full" : "absolute left-5 top-full z-30 w-max max-w-[min(720px,calc(100%-40px))]"}>
          {isInFlow ? (
            <NoticeList notices={notices} />
          ) : (
            <ScrollRegion label="What to know about this picture" className="max-h-80 overflow-y-auto rounded-2 bg-raised shadow-2">
              <NoticeList notices={notices} className="p-3" />
            </ScrollRegion>
          )}
        </div>
      ) : null}
    </div>
  );
}
