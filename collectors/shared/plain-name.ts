import { printable } from "#lib/routing/printable.ts";

/** A name from outside as it can be shown and compared: what cannot be seen or turns the direction of text is spelled out. */
export function plainName(name: string): string {
  return printable(name);
}

/** Like `plainName`, for one part of an id: the characters that join the parts are spelled out as well. */
export function plainIdPart(name: string): string {
  return printable(name).replace(/[|/]/g, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
