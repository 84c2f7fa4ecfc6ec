/**
 * A share (0 to 1) as text with at most three digits that matter. Never "0 %" for something and never "100 %" for less
 * than everything.
 */
export function formatShare(share: number): string {
  if (share <= 0) return "0 %";
  if (share >= 1) return "100 %";
  const percent = share * 100;
  if (percent < 0.01) return "under 0.01 %";
  if (percent > 99.99) return "over 99.99 %";
  const digits = percent < 1 || percent > 99 ? 2 : 1;
  return `${Number(percent.toFixed(digits))} %`;
}
