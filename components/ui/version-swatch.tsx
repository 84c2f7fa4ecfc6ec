import { cx } from "./cx.ts";

/** Colours of versions in their order: the baseline first. They hold no judgement, and the name always stands beside. */
const SWATCHES = ["bg-ver-a", "bg-ver-b", "bg-ver-c", "bg-ver-d"] as const;
const COLORS = ["var(--ver-a)", "var(--ver-b)", "var(--ver-c)", "var(--ver-d)"] as const;
const DASHES = [undefined, undefined, "6 3", "2 3"] as const;

function slot(index: number): number {
  return Math.min(Math.max(index, 0), COLORS.length - 1);
}

/** The token behind a version's lines and bars. Beyond the fourth they share one colour and only the name tells. */
export function versionColor(index: number): string {
  return COLORS[slot(index)] ?? COLORS[0];
}

export function versionDash(index: number): string | undefined {
  return DASHES[slot(index)];
}

export function versionClass(index: number): string {
  return SWATCHES[slot(index)] ?? SWATCHES[0];
}

export interface VersionSwatchProps {
  index: number;
  className?: string;
}

export function VersionSwatch({ index, className }: VersionSwatchProps) {
  return <span aria-hidden="true" className={cx("inline-block size-2.5 flex-none rounded-[3px]", versionClass(index), className)} />;
}

export interface VersionNameProps {
  index: number;
  /** `null` = a leg without a version of its own. */
  version: string | null;
  className?: string;
}

/** A version's square and name. */
export function VersionName({ index, version, className }: VersionNameProps) {
  return (
    <span className={cx("inline-flex items-center gap-1.5 whitespace-nowrap", className)}>
      <VersionSwatch index={index} />
      {version ?? "no version"}
    </span>
  );
}
