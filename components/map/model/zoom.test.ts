import { describe, expect, it } from "vitest";

import { detailAt, fitViewport, revealBox, zoomAround } from "./zoom.ts";

const canvas = { width: 984, height: 744 };
const insets = { top: 76, right: 16, bottom: 40, left: 16 };

describe("detailAt", () => {
  it.each([
    [1, "card"],
    [0.85, "card"],
    [0.849, "chip"],
    [0.4, "chip"],
    [0.399, "dot"],
  ] as const)("at %s draws a %s", (zoom, level) => expect(detailAt(zoom)).toBe(level));
});

describe("fitViewport", () => {
  it("centres what fits and never enlarges it", () => {
    const view = fitViewport({ x: 100, y: 50, width: 200, height: 100 }, canvas, insets);
    expect(view.zoom).toBe(1);
    expect(view.pan.x + 100).toBe((16 + 984 - 16) / 2);
    expect(view.pan.y + 50).toBe((76 + 744 - 40) / 2);
  });

  it("shrinks what does not fit until both sides do", () => {
    const view = fitViewport({ x: 0, y: 0, width: 1904, height: 100 }, canvas, insets);
    expect(view.zoom).toBeCloseTo(0.5);
  });
});

describe("zoomAround", () => {
  it("keeps the anchor in place", () => {
    const view = { zoom: 1, pan: { x: 30, y: 40 } };
    const closer = zoomAround(view, 1.5, { x: 200, y: 100 });
    expect((200 - closer.pan.x) / closer.zoom).toBeCloseTo((200 - view.pan.x) / view.zoom);
    expect((100 - closer.pan.y) / closer.zoom).toBeCloseTo((100 - view.pan.y) / view.zoom);
  });

  it("stops at its limits", () => {
    const view = { zoom: 1, pan: { x: 0, y: 0 } };
    expect(zoomAround(view, 100, { x: 0, y: 0 }).zoom).toBe(2);
    expect(zoomAround(view, 0.0001, { x: 0, y: 0 }).zoom).toBe(0.05);
  });
});

describe("revealBox", () => {
  const view = { zoom: 1, pan: { x: 0, y: 0 } };

  it("does nothing for what is in sight", () => {
    expect(revealBox(view, { x: 400, y: 300, width: 140, height: 78 }, canvas, insets)).toBe(view);
  });

  it("pans the least that is needed", () => {
    const moved = revealBox(view, { x: 1000, y: 300, width: 140, height: 78 }, canvas, insets);
    expect(moved.pan).toEqual({ x: 984 - 16 - 1070, y: 0 });
  });
});
