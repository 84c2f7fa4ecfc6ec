const MAX_NAME_LENGTH = 200;

// Controls, format characters (direction marks among them), line and paragraph separators, lone surrogates.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * A name from outside as it can be shown and compared: what cannot be seen or turns the direction of text is spelled
 * out as `\u{202e}`, and an endless name is cut. Equal names stay equal; ordinary names come back as they are.
 */
export function plainName(text: string): string {
  const visible = text.slice(0, MAX_NAME_LENGTH * 2).replace(INVISIBLE, spell);
  return visible.length > MAX_NAME_LENGTH ? `${visible.slice(0, MAX_NAME_LENGTH)}…` : visible;
}

/** Like `plainName`, for a part of an id: the characters that join the parts are spelled out as well. */
export function plainIdPart(text: string): string {
  return plainName(text).replace(/[|/]/g, spell);
}

function spell(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
