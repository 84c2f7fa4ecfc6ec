import { INTERNET_ID } from "#lib/model/ids.ts";

import type { DrawnNode } from "./drawn-graph.ts";
import type { Size } from "./geometry.ts";

export const CARD: Size = { width: 140, height: 78 };
export const PILL: Size = { width: 116, height: 28 };
export const NAMESPACE_CARD: Size = { width: 168, height: 94 };

const OPEN_CARD_BASE = 92;
const VERSION_ROW = 19;

/** A selected card shows this many versions and says how many more there are. */
export const VERSION_ROWS = 4;

/** The place that the layout keeps for a node, whether or not it is selected. */
export function placeSize(node: DrawnNode): Size {
  if (node.kind === "namespace") return NAMESPACE_CARD;
  return node.id === INTERNET_ID ? PILL : CARD;
}

/** What the node covers now: a selected service opens to one row per version, around the same centre. */
export function cardSize(node: DrawnNode, isSelected: boolean): Size {
  const size = placeSize(node);
  if (!isSelected || node.kind === "namespace" || node.id === INTERNET_ID) return size;
  const versions = node.node.versions.length;
  if (versions < 2) return size;
  const rows = Math.min(versions, VERSION_ROWS) + (versions > VERSION_ROWS ? 1 : 0);
  return { width: size.width, height: OPEN_CARD_BASE + VERSION_ROW * rows };
}
