import { cx } from "#components/ui/cx.ts";
import { Icon } from "#components/ui/icon.tsx";
import type { IconName } from "#components/ui/icon.tsx";

import type { Lock } from "../model/transport.ts";

const ICONS: Readonly<Record<Exclude<Lock, "broken">, IconName>> = {
  mutual: "lock",
  oneWay: "lock",
  plaintext: "unlock",
  unknown: "help",
};

export const LOCK_TEXT: Readonly<Record<Lock, string>> = {
  mutual: "text-text-3",
  oneWay: "text-text-3",
  plaintext: "text-warn-text",
  unknown: "text-unk-text",
  broken: "text-fail-text",
};

export interface LockGlyphProps {
  lock: Lock;
  className?: string;
}

/** A lock, an open lock, a question mark, a broken lock: told apart by their shape. A word always stands near it. */
export function LockGlyph({ lock, className }: LockGlyphProps) {
  if (lock !== "broken") return <Icon name={ICONS[lock]} size={12} className={cx(LOCK_TEXT[lock], className)} />;
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={cx("size-3 flex-none", LOCK_TEXT.broken, className)}
    >
      <path d="M7 13.500H5A1.500 1.500 0 0 1 3.500 12V8.500A1.500 1.500 0 0 1 5 7h1.500l2 2.300-2 2zM10.500 7h.5a1.500 1.500 0 0 1 1.500 1.500V12a1.500 1.500 0 0 1-1.500 1.500h-.7M5.500 5a2.500 2.500 0 0 1 3-2.400M10.500 4.600V5M11.500 1.700l1.300-1M12.800 3.600l1.700-.2" />
    </svg>
  );
}

export interface LockWordProps {
  lock: Lock;
  children: string;
  className?: string;
}

/** A lock and its word, in a line of text. */
export function LockWord({ lock, children, className }: LockWordProps) {
  const isNews = lock === "plaintext" || lock === "broken";
  return (
    <span className={cx("inline-flex items-center gap-[5px]", isNews ? cx("font-medium", LOCK_TEXT[lock]) : "text-text-2", className)}>
      <LockGlyph lock={lock} />
      <span>{children}</span>
    </span>
  );
}
