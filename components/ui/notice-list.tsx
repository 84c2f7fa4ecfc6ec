"use client";

import { asSentence } from "#lib/client/format.ts";
import { withLocalTimes } from "#lib/client/moment.ts";
import { useNow } from "#lib/client/use-now.ts";
import type { Notice } from "#lib/model/evidence.ts";

import { cx } from "./cx.ts";
import { StatusGlyph } from "./status-glyph.tsx";
import type { Tone } from "./tone.ts";

const TONES: Readonly<Record<Notice["level"], Tone>> = { info: "info", warning: "warn", error: "fail" };
const WORDS: Readonly<Record<Notice["level"], string>> = { info: "Note", warning: "Missing", error: "Error" };

export interface NoticeListProps {
  notices: readonly Notice[];
  className?: string;
}

/** What an answer says about itself: what is missing or odd, and how to mend it. Draws nothing when there is nothing. */
export function NoticeList({ notices, className }: NoticeListProps) {
  const now = useNow();
  if (notices.length === 0) return null;
  return (
    <ul className={cx("grid gap-1.5 text-12", className)}>
      {notices.map((notice) => (
        <li key={`${notice.code} ${notice.source ?? ""} ${notice.text}`} className="flex items-start gap-2">
          <StatusGlyph tone={TONES[notice.level]} className="mt-0.5" />
          <span>
            <span className="sr-only">{WORDS[notice.level]}: </span>
            {asSentence(withLocalTimes(notice.text, now))}
            {notice.mend === null ? null : <span className="text-text-2"> {asSentence(withLocalTimes(notice.mend, now))}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
