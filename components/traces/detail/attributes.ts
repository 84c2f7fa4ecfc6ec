import type { Attribute } from "#lib/model/trace.ts";

/** Attributes whose key or value holds every word of the text. */
export function filterAttributes(attributes: readonly Attribute[], text: string): Attribute[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return attributes.filter(({ key, value }) => {
    const hay = `${key}\n${value}`.toLowerCase();
    return words.every((word) => hay.includes(word));
  });
}

const LONG = 400;

/** The beginning of a long value, cut between characters, never inside one; a short one as it is. */
export function shortValue(value: string): string {
  if (value.length <= LONG) return value;
  const isInside = /[\uD800-\uDBFF]/.test(value.charAt(LONG - 1));
  return `${value.slice(0, isInside ? LONG - 1 : LONG)}…`;
}
