import type { Result } from "#lib/model/errors.ts";
import type { Notice } from "#lib/model/evidence.ts";

/** Questions at once: the program asked is somebody's production. */
const AT_ONCE = 4;
/** More services than this are not asked one by one. */
export const MOST_SERVICES = 200;

/** Asks about each of the first `MOST_SERVICES` names, a few at a time, in order. The first error ends it. */
export async function askEach<T>(names: readonly string[], ask: (name: string) => Promise<Result<T>>): Promise<Result<T[]>> {
  const values: T[] = [];
  const asked = names.slice(0, MOST_SERVICES);
  for (let at = 0; at < asked.length; at += AT_ONCE) {
    // A group waits for the one before it: this is what keeps the number of questions at once down.
    for (const answer of await Promise.all(asked.slice(at, at + AT_ONCE).map(ask))) {
      if (!answer.ok) return answer;
      values.push(answer.value);
    }
  }
  return { ok: true, value: values };
}

/** Says that not every service was asked; empty when all were. */
export function tooManyServices(source: string, names: readonly string[], what: string): Notice[] {
  if (names.length <= MOST_SERVICES) return [];
  const text = `${source} has ${names.length} services; Weft read ${what} of the first ${MOST_SERVICES} by name.`;
  return [{ level: "warning", code: "TOO_MANY_SERVICES", text, source, mend: "Name a service." }];
}
