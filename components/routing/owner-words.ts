import type { Owner } from "#lib/model/routing.ts";

const KINDS: Readonly<Record<Owner["kind"], string>> = {
  weft: "Weft",
  human: "a person",
  gitops: "GitOps",
  controller: "a controller",
  unknown: "not known",
};

/** Who wrote a route last, as far as its source can tell. */
export function ownerWords(owner: Owner): string {
  if (owner.name === "" || owner.kind === "weft" || owner.kind === "unknown") return KINDS[owner.kind];
  return owner.kind === "human" ? owner.name : `${owner.name} (${KINDS[owner.kind]})`;
}
