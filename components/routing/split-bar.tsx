import { cx } from "#components/ui/cx.ts";
import { versionColor } from "#components/ui/version-swatch.tsx";
import { versionIndex } from "#lib/client/version-order.ts";
import { formatShare } from "#lib/routing/format-share.ts";

import { legName } from "./draft.ts";

export interface SplitBarProps {
  legs: readonly { id: string; version: string | null; share: number }[];
  /** Thin bars carry no words: they then stand beside them. */
  isThin?: boolean;
  className?: string;
}

/** Shares of the versions as one bar. */
export function SplitBar({ legs, isThin = false, className }: SplitBarProps) {
  const versions = legs.map((leg) => leg.version);
  const shown = legs.filter((leg) => leg.share > 0);
  return (
    <span
      role={isThin ? "img" : undefined}
      aria-label={isThin ? splitWords(legs) : undefined}
      className={cx("flex min-w-0 gap-0.5 overflow-hidden", isThin ? "h-2 rounded-1" : "h-[22px] rounded-[5px]", className)}
    >
      {shown.map((leg) => (
        <span
          key={leg.id}
          style={{ flexGrow: leg.share, flexBasis: 0, background: versionColor(versionIndex(leg.version, versions)) }}
          className={cx(!isThin && "min-w-[64px] truncate px-1.5 tablet:px-2 py-0.5 text-12 font-semi text-bg")}
        >
          {isThin ? null : `${legName(leg)} ${formatShare(leg.share)}`}
        </span>
      ))}
    </span>
  );
}

/** `v1 90 %, v2 10 %` */
export function splitWords(legs: readonly { id: string; version: string | null; service?: string; share: number }[]): string {
  return legs.map((leg) => `${legName(leg)} ${formatShare(leg.share)}`).join(", ");
}
