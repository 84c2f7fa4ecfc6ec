import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";

import { isEqual, refuseMarker, setIn, splice, versionReplacement, type TextEdit } from "../files/text-edits.ts";
import { allChains, type ChainPlace } from "./chains.ts";
import { parseListenerText, type ListenerText } from "./parse-listener-text.ts";
import { removeField, removeItems, type Removal } from "./remove-nodes.ts";

export interface ChainRemoval {
  /** Which resource of the file the listener is. */
  listener: number;
  places: readonly ChainPlace[];
  marker: string;
}

/**
 * The text without those chains and with the marker as its version. Every other byte stays. The result is read again, and
 * refused unless exactly that differs. Errors: INVALID for the marker, UNSUPPORTED when the text cannot be edited in place.
 */
export function removeChains(before: ListenerText, removal: ChainRemoval): Result<string> {
  const badMarker = refuseMarker(removal.marker);
  if (badMarker !== null) return err(badMarker);
  const edits: TextEdit[] = [];
  for (const one of removalsOf(before, removal)) {
    if ("reason" in one) return err(unsupported(one.reason));
    edits.push(...one.edits);
  }
  const version = versionReplacement(before, removal.marker);
  if (version === null) return err(unsupported("its version_info is not a simple text"));
  const text = splice(before.text, [...edits, version]);
  const difference = findDifference(before, text, removal);
  return difference === null ? ok(text) : err(unsupported(difference));
}

/** An earlier text with the marker as its version, so that a proof finds it. Errors: as above. */
export function markText(earlier: ListenerText, marker: string): Result<string> {
  const badMarker = refuseMarker(marker);
  if (badMarker !== null) return err(badMarker);
  const version = versionReplacement(earlier, marker);
  if (version === null) return err(unsupported("its version_info is not a simple text"));
  const text = splice(earlier.text, [version]);
  const wanted: unknown = structuredClone(earlier.data);
  if (!setIn(wanted, ["version_info"], marker) || !isEqual(wanted, parseListenerText(text, earlier.format).data))
    return err(unsupported("the edit would change something else as well"));
  return ok(text);
}

function removalsOf(before: ListenerText, { listener, places }: ChainRemoval): Removal[] {
  const config = before.listeners[listener];
  if (before.document === null || config === undefined) return [{ reason: "it cannot be read" }];
  const path = ["resources", listener];
  const inList = places.filter((place) => place !== "default");
  const removals: Removal[] = [];
  const isWholeList = inList.length === config.filter_chains.length;
  if (inList.length > 0 && isWholeList) removals.push(removeField(before.document, before.text, path, "filter_chains"));
  else if (inList.length > 0) removals.push(removeItems(before.document, before.text, [...path, "filter_chains"], inList));
  if (places.includes("default")) removals.push(removeField(before.document, before.text, path, "default_filter_chain"));
  return removals;
}

/** Reads the new text and compares it with the old data minus those chains; `null` when they are the same. */
function findDifference(before: ListenerText, text: string, { listener, places, marker }: ChainRemoval): string | null {
  const after = parseListenerText(text, before.format);
  if (after.problem !== null) return "the edited text would not be valid";
  const wanted: unknown = structuredClone(before.data);
  if (!setIn(wanted, ["version_info"], marker)) return "its structure cannot be followed";
  const resource = resourceAt(wanted, listener);
  if (resource === null) return "its structure cannot be followed";
  const chains: unknown = Reflect.get(resource, "filter_chains");
  const left = Array.isArray(chains) ? chains.filter((_, index) => !places.includes(index)) : [];
  if (left.length > 0) Reflect.set(resource, "filter_chains", left);
  else Reflect.deleteProperty(resource, "filter_chains");
  if (places.includes("default")) Reflect.deleteProperty(resource, "default_filter_chain");
  if (!isEqual(wanted, after.data)) return "the edit would change something else as well";
  const kept = after.listeners[listener];
  return kept !== undefined && allChains(kept).length > 0 ? null : "no filter chain would be left";
}

function resourceAt(data: unknown, index: number): object | null {
  const resources: unknown = typeof data === "object" && data !== null ? Reflect.get(data, "resources") : null;
  const resource: unknown = Array.isArray(resources) ? resources[index] : null;
  return typeof resource === "object" && resource !== null ? resource : null;
}

function unsupported(reason: string): WeftError {
  return new WeftError("UNSUPPORTED", `The filter chains cannot be taken out in place: ${reason}.`, {
    mend: "Write the file in a plain form, with every filter chain as an item of its own, or edit it by hand.",
  });
}
