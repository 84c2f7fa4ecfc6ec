import { INTERNET_ID } from "#lib/model/ids.ts";

import { overlaps } from "./geometry.ts";
import type { Point } from "./geometry.ts";
import { internetHost } from "./layout-input.ts";
import type { LayoutInput, Positions } from "./layout-input.ts";

const CLEARANCE = 56;
const IDLE_ROW_WIDTH = 900;

/** Gap between the internet's pill and the gateway under it: room for a thick arrow. */
const PILL_GAP = 36;

/**
 * Splits off what is not laid out in columns: the internet's pill where it can sit on its only gateway, and nodes
 * that nobody calls and that call nobody.
 */
export function columnInput(input: LayoutInput): LayoutInput {
  const host = internetHost(input);
  const busy = new Set(input.edges.flatMap((edge) => [edge.source, edge.target]));
  const nodes = input.nodes.filter((node) => busy.has(node.id) && !(host !== null && node.id === INTERNET_ID));
  const ids = new Set(nodes.map((node) => node.id));
  return { nodes, edges: input.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target)) };
}

/** Adds what `columnInput` left out: the pill on top of its gateway, idle nodes in rows below, by group. */
export function completePlaces(columns: Positions, input: LayoutInput): Positions {
  const places = new Map(columns);
  placeIdle(places, input);
  const host = internetHost(input);
  const hostNode = input.nodes.find((node) => node.id === host);
  const pill = input.nodes.find((node) => node.id === INTERNET_ID);
  const under = host === null ? undefined : places.get(host);
  if (hostNode === undefined || pill === undefined || under === undefined) return places;
  const above = { x: under.x, y: under.y - hostNode.height / 2 - PILL_GAP - pill.height / 2 };
  const others = input.nodes.flatMap((node) => {
    const place = places.get(node.id);
    return place === undefined || node.id === INTERNET_ID ? [] : [{ ...place, width: node.width, height: node.height }];
  });
  const isFree = !others.some((box) => overlaps({ ...above, width: pill.width, height: pill.height }, box, 8));
  const beside = { x: under.x - hostNode.width / 2 - CLEARANCE - pill.width / 2, y: under.y };
  places.set(INTERNET_ID, isFree ? above : beside);
  return places;
}

function placeIdle(places: Map<string, Point>, input: LayoutInput): void {
  const idle = input.nodes
    .filter((node) => !places.has(node.id) && !(node.id === INTERNET_ID && internetHost(input) !== null))
    .toSorted((a, b) => (a.group ?? "~").localeCompare(b.group ?? "~", "en") || a.id.localeCompare(b.id, "en"));
  if (idle.length === 0) return;
  const laid = input.nodes.flatMap((node) => {
    const place = places.get(node.id);
    return place === undefined ? [] : [{ ...place, width: node.width, height: node.height }];
  });
  const leftEdge = laid.length === 0 ? 0 : Math.min(...laid.map((box) => box.x - box.width / 2));
  const rightEdge = Math.max(leftEdge + IDLE_ROW_WIDTH, ...laid.map((box) => box.x + box.width / 2));
  let y = laid.length === 0 ? 0 : Math.max(...laid.map((box) => box.y + box.height / 2)) + CLEARANCE + 24;
  let x = leftEdge;
  let group = idle[0]?.group ?? null;
  for (const node of idle) {
    const isNextGroup = node.group !== group;
    if (x > leftEdge && (isNextGroup || x + node.width > rightEdge)) {
      x = leftEdge;
      y += node.height + (isNextGroup ? CLEARANCE + 24 : 28);
    }
    group = node.group;
    places.set(node.id, { x: x + node.width / 2, y: y + node.height / 2 });
    x += node.width + CLEARANCE;
  }
}
