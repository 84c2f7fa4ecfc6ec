import { isScalar, type Document } from "yaml";

import { plainName } from "#collectors/shared/plain-name.ts";
import { MAX_WEIGHT } from "#lib/routing/check-weights.ts";

import { isShared, nodesOn, usedAnchors, type NodePath } from "../files/node-path.ts";
import type { RouteAction } from "./wire.ts";

/** One target of a rule, by the name that the proxies know it by. */
export interface FileLeg {
  cluster: string;
  weight: number;
}

/** Where a leg's weight is written: offsets into the text, end exclusive. */
export interface WeightSpot {
  cluster: string;
  start: number;
  end: number;
}

/** How a rule shares its calls. `spots` are there for every leg exactly when `reason` is `null`. */
export interface FileSplit {
  legs: FileLeg[];
  spots: WeightSpot[];
  /** Why the weights cannot be moved here; `null` when they can. */
  reason: string | null;
}

/** Reads the split of one route; `path` leads to the route in the document. */
export function readSplit(document: Document.Parsed, text: string, path: NodePath, route: RouteAction | undefined): FileSplit {
  if (route === undefined) return fixed([], "This rule answers or redirects by itself; it sends nothing on.");
  if (route.weighted_clusters === undefined) return readSingle(route);
  const clusters = route.weighted_clusters.clusters;
  const names = clusters.flatMap((one) => (one.name === undefined || one.name === "" ? [] : [one.name]));
  if (names.length < clusters.length) return fixed([], "A target of this split is chosen by a request header, so it has no fixed name.");
  const weights = clusters.map((one) => weightOf(one.weight));
  const unreadable = names[weights.indexOf(null)];
  if (unreadable !== undefined) return fixed([], `The weight of ${plainName(unreadable)} is missing or not a whole number.`);
  const legs = names.map((cluster, index) => ({ cluster, weight: weights[index] ?? 0 }));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return fixed(legs, `${plainName(twice)} stands in this split twice, so its legs cannot be told apart.`);
  if (legs.length < 2) return fixed(legs, "This split has one leg only; there is nothing to move calls to.");
  return locate(document, text, [...path, "route", "weighted_clusters", "clusters"], legs);
}

function readSingle(route: RouteAction): FileSplit {
  if (route.cluster === undefined) return fixed([], "The target of this rule is chosen for each request, so it has no fixed name.");
  return fixed([{ cluster: route.cluster, weight: 1 }], "All calls go to one target; a split needs weighted_clusters with two or more.");
}

function locate(document: Document.Parsed, text: string, list: NodePath, legs: readonly FileLeg[]): FileSplit {
  const anchors = usedAnchors(document);
  const spots: WeightSpot[] = [];
  for (const [index, leg] of legs.entries()) {
    const nodes = nodesOn(document, [...list, index, "weight"]);
    if (nodes === null) return fixed(legs, "The weights stand behind a YAML alias; write them out to move them here.");
    if (isShared(nodes, anchors)) {
      return fixed(
        legs,
        "The weights stand under a YAML anchor that is used elsewhere too, so moving them would change more than this rule.",
      );
    }
    const scalar = nodes.at(-1);
    const [start, end] = scalar?.range ?? [0, 0];
    // `010` and `0x5a` are read differently by YAML 1.1 and 1.2, and a quoted or signed number is not what we would write back.
    if (!isScalar(scalar) || scalar.type !== "PLAIN" || !/^(0|[1-9]\d*)$/.test(text.slice(start, end))) {
      return fixed(legs, `The weight of ${plainName(leg.cluster)} is not written as a plain whole number.`);
    }
    spots.push({ cluster: leg.cluster, start, end });
  }
  return { legs: [...legs], spots, reason: null };
}

/** A weight as Envoy reads it: a whole number, also when it is quoted. */
function weightOf(value: unknown): number | null {
  const weight = typeof value === "string" && /^\d{1,10}$/.test(value) ? Number(value) : value;
  return typeof weight === "number" && Number.isInteger(weight) && weight >= 0 && weight <= MAX_WEIGHT ? weight : null;
}

function fixed(legs: readonly FileLeg[], reason: string): FileSplit {
  return { legs: [...legs], spots: [], reason };
}
