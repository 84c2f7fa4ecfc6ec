import { cx } from "#components/ui/cx.ts";
import { Icon } from "#components/ui/icon.tsx";

import type { ObservedView, TransportLook } from "./edge-rows.ts";

/** A shackle that has come apart from its body. */
const BROKEN =
  "M5 7h2l1.200 2-1.400 1.800 1.400 2.700H5A1.500 1.500 0 0 1 3.500 12V8.500A1.500 1.500 0 0 1 5 7zM9.500 7H11a1.500 1.500 0 0 1 1.500 1.500V12a1.500 1.500 0 0 1-1.500 1.500h-1L8.700 11 10 9.200zM5.500 7V5a2.500 2.500 0 0 1 4.400-1.600M10.500 5v.5";

const TONES: Readonly<Record<TransportLook, string>> = {
  locked: "",
  open: "text-warn-text",
  broken: "text-fail-text",
  unknown: "text-unk-text",
};

/** The lock beside the words; the words stand for themselves. */
export function TransportMark({ look }: { look: TransportLook }) {
  if (look === "broken") {
    return (
      <svg
        viewBox="0 0 16 16"
        aria-hidden="true"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinejoin="round"
        className="size-3.5 flex-none"
      >
        <path d={BROKEN} />
      </svg>
    );
  }
  return <Icon name={look === "locked" ? "lock" : look === "open" ? "unlock" : "help"} size={14} />;
}

/** How an edge travels, as it was seen: lock, word, share. */
export function ObservedWord({ view, className }: { view: ObservedView; className?: string }) {
  return (
    <span
      className={cx(
        "inline-flex items-center gap-[5px] whitespace-nowrap align-middle",
        view.isAlarming ? cx("font-semi", TONES[view.look]) : view.look === "unknown" ? TONES.unknown : "text-text-2",
        className,
      )}
    >
      <TransportMark look={view.look} />
      {view.word}
    </span>
  );
}
