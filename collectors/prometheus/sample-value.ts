/** Prometheus writes values as texts, for those that JSON has no number for. `null` = no number. */
export function readNumber(text: string): number | null {
  const value = Number(text);
  if (!Number.isNaN(value)) return text.trim() === "" ? null : value;
  if (text === "NaN") return value;
  if (text === "+Inf" || text === "Inf") return Number.POSITIVE_INFINITY;
  return text === "-Inf" ? Number.NEGATIVE_INFINITY : null;
}
