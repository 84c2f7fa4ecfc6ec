import { isScalar } from "yaml";

import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";

import { nodesOn, type NodePath } from "../files/node-path.ts";
import { isEqual, quotedLike, refuseMarker, setIn, splice, versionReplacement, type ValueEdit } from "../files/text-edits.ts";
import { parseRouteText, type RouteText } from "./parse-route-text.ts";
import type { WeightSpot } from "./split.ts";

export interface WeightEdit {
  /** Leads to the route in the document. */
  route: NodePath;
  spots: readonly WeightSpot[];
  weights: Readonly<Record<string, number>>;
  marker: string;
}

const LIST: NodePath = ["route", "weighted_clusters", "clusters"];
const REVISION: NodePath = ["metadata", "filter_metadata", "weft", "revision"];

/**
 * The text with other weights and the marker as its version (and as the route's own revision, where it has one). Every
 * other byte stays. The result is read again, and refused unless exactly those values differ. Errors: INVALID for the
 * marker, UNSUPPORTED when the text cannot be edited in place.
 */
export function editWeights(before: RouteText, edit: WeightEdit): Result<string> {
  const badMarker = refuseMarker(edit.marker);
  if (badMarker !== null) return err(badMarker);
  const replacements = [...weightReplacements(edit), ...revisionReplacement(before, edit)];
  const version = versionReplacement(before, edit.marker);
  if (version === null) return err(unsupported("its version_info is not a simple text"));
  const text = splice(before.text, [...replacements, version]);
  const difference = findDifference(before, text, [...replacements, version]);
  return difference === null ? ok(text) : err(unsupported(difference));
}

function weightReplacements(edit: WeightEdit): ValueEdit[] {
  return edit.spots.map((spot, index) => {
    const value = edit.weights[spot.cluster] ?? 0;
    return { start: spot.start, end: spot.end, text: String(value), path: [...edit.route, ...LIST, index, "weight"], value };
  });
}

/** None where the route carries no revision, or carries it behind an alias: then the version alone has to prove. */
function revisionReplacement(before: RouteText, edit: WeightEdit): ValueEdit[] {
  const path = [...edit.route, ...REVISION];
  const scalar = before.document === null ? null : nodesOn(before.document, path)?.at(-1);
  const text = isScalar(scalar) && typeof scalar.value === "string" ? quotedLike(scalar, edit.marker) : null;
  if (!isScalar(scalar) || text === null) return [];
  const [start, end] = scalar.range ?? [0, 0];
  return [{ start, end, text, path, value: edit.marker }];
}

/** Reads the new text and compares it with the old data plus the asked values; `null` when they are the same. */
function findDifference(before: RouteText, text: string, replacements: readonly ValueEdit[]): string | null {
  const after = parseRouteText(text, before.format);
  if (after.problem !== null) return "the edited text would not be valid";
  const wanted: unknown = structuredClone(before.data);
  for (const { path, value } of replacements) {
    if (!setIn(wanted, path, value)) return "its structure cannot be followed";
  }
  return isEqual(wanted, after.data) ? null : "the edit would change something else as well";
}

function unsupported(reason: string): WeftError {
  return new WeftError("UNSUPPORTED", `The weights cannot be edited in place: ${reason}.`, {
    mend: "Write the file in a plain form, with every weight as a number of its own.",
  });
}
