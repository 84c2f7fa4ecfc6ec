import { plainName } from "#collectors/shared/plain-name.ts";

const SHOWN = 3;

/** Names of proxies for a sentence, the first few spelled out. */
export function nameProxies(ids: readonly string[]): string {
  const shown = ids.slice(0, SHOWN).map(plainName);
  const more = ids.length - shown.length;
  if (more > 0) return `${shown.join(", ")} and ${more} more`;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
