import ELK from "elkjs/lib/elk.bundled.js";
import { describe, expect, it } from "vitest";

import { demoMesh } from "../testing/mesh.ts";
import { composeDrawing } from "./drawing.ts";
import { drawGraph } from "./drawn-graph.ts";
import { placeLabels } from "./edge-labels.ts";
import { placeLocks } from "./edge-locks.ts";
import { hasLabel } from "./edge-look.ts";
import { layoutWithElk } from "./elk-layout.ts";
import { overlaps } from "./geometry.ts";
import { layoutInput } from "./layout-input.ts";
import { placeNodes } from "./place.ts";

const mesh = drawGraph(demoMesh(), new Set());
// The plaintext caller is refused as well: its label is the widest.
const graph = {
  ...mesh,
  edges: mesh.edges.map((edge) => (edge.source === "unknown/legacy-report" ? { ...edge, isBroken: true, refused: 43 } : edge)),
};
const QUIET = { selected: null, isSearched: false, isClose: false };

async function drawDemo() {
  const elk = new ELK();
  const { positions } = await placeNodes(layoutInput(graph), {
    previous: null,
    pins: new Map(),
    layoutColumns: (columns) => layoutWithElk(elk, columns),
  });
  const { cards, routes } = composeDrawing(graph, positions, null);
  const labels = placeLabels(
    graph.edges.filter((edge) => hasLabel(edge, QUIET)),
    routes,
    cards,
  );
  return { cards, routes, labels, locks: placeLocks(graph.edges, routes, cards, labels) };
}

const around = ({ x, y }: { x: number; y: number }) => ({ x, y, width: 16, height: 16 });

describe("the demo mesh at its layout", () => {
  it("has a lock or a label on every edge that is long enough", async () => {
    const { labels, locks } = await drawDemo();
    const told = new Set([...labels.map(({ edge }) => edge.id), ...locks.map(({ id }) => id)]);
    expect(graph.edges.filter(({ id }) => !told.has(id)).map(({ id }) => id)).toEqual(["internet|shop/gateway|http"]);
    expect(told.size).toBe(labels.length + locks.length);
    for (const { id, lock } of locks) expect(lock).toBe(graph.edges.find((edge) => edge.id === id)?.lock);
  });

  it("lays neither over a card, nor a lock over a label or another lock", async () => {
    const { cards, labels, locks } = await drawDemo();
    const texts = labels.flatMap(({ boxes }) => boxes);
    for (const card of cards) {
      for (const { boxes, edge } of labels)
        expect(
          boxes.some((part) => overlaps(part, card)),
          `${edge.id} over ${card.id}`,
        ).toBe(false);
      for (const lock of locks) expect(overlaps(around(lock), card), `${lock.id} over ${card.id}`).toBe(false);
    }
    for (const lock of locks) {
      expect(
        texts.some((text) => overlaps(around(lock), text)),
        lock.id,
      ).toBe(false);
      for (const other of locks)
        if (other.id < lock.id) expect(overlaps(around(lock), around(other)), `${lock.id} ${other.id}`).toBe(false);
    }
  });
});

describe("a lock", () => {
  const [edge] = graph.edges;
  if (edge === undefined) throw new Error("no edge");
  const line = (length: number) => new Map([[edge.id, { start: { x: 0, y: 0 }, controls: [], end: { x: length, y: 0 } }]]);

  it("stands at the middle of its line, and on none that is too short", () => {
    expect(placeLocks([edge], line(100), [], [])).toEqual([{ id: edge.id, lock: edge.lock, x: 50, y: 0 }]);
    expect(placeLocks([edge], line(39), [], [])).toEqual([]);
    expect(placeLocks([edge], new Map(), [], [])).toEqual([]);
  });

  it("gives way to cards, labels and other locks; behind a card there is none", () => {
    const card = { x: 50, y: 0, width: 20, height: 20 };
    const [moved] = placeLocks([edge], line(400), [{ ...card, x: 200 }], []);
    expect(moved?.x).not.toBe(200);
    expect(placeLocks([edge], line(100), [{ ...card, width: 200 }], [])).toEqual([]);
    const other = { ...edge, id: "other" };
    const both = new Map([...line(400), ["other", { start: { x: 0, y: 0 }, controls: [], end: { x: 400, y: 0 } }] as const]);
    expect(placeLocks([edge, other], both, [], []).map(({ x }) => x)).toEqual([200, 168]);
  });
});
