import type { Protocol } from "#lib/model/ids.ts";

interface KeyParts {
  readonly source: string;
  readonly target: string;
  readonly protocol: Protocol;
  readonly version: string | null;
  readonly reporter: "destination" | "source";
}

/** What a row of traffic is about, as a text: equal for equal keys, another for all others. */
export function keyText({ source, target, protocol, version, reporter }: KeyParts): string {
  return JSON.stringify([source, target, protocol, version, reporter]);
}
