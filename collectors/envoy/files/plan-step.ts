import type { PlanStep } from "#lib/model/routing.ts";
import type { PreparedWrite } from "#lib/ports/write-target.ts";

/** The one step of a write that replaces a file; `proof` = what every proxy must show beside the marker, as the end of a sentence. */
export function replacementStep({ location, proxies, marker, revisionBefore }: PreparedWrite, proof: string): PlanStep {
  const all = proxies.length === 1 ? "The one proxy shows" : `Each of the ${proxies.length} proxies shows`;
  return {
    precondition: `${location} is byte for byte as it was read (SHA-256 ${revisionBefore.slice(0, 12)}).`,
    forward: `Write the new text to a temporary file beside it, sync it, and rename it onto ${location}.`,
    inverse: `Rename the old text back onto ${location}, if it still holds what Weft wrote.`,
    proof: `${all} version ${marker} and ${proof}; a risen update_rejected or update_failure takes the change back at once.`,
  };
}
