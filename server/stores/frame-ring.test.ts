import { describe, expect, it } from "vitest";

import { FrameRing } from "./frame-ring.ts";

function ringOf(...slots: number[]): FrameRing {
  const ring = new FrameRing(1_000, 10);
  for (const slot of slots) ring.open(slot);
  return ring;
}

function slotsOf(ring: FrameRing): number[] {
  return ring.between(-Infinity, Infinity).map((frame) => frame.slot);
}

describe("FrameRing", () => {
  it("puts an instant into the slot that ends at or after it", () => {
    const ring = new FrameRing(10_000, 6);
    expect([1, 9_999, 10_000, 10_001].map((atMs) => ring.slotOf(atMs))).toEqual([1, 1, 1, 2]);
  });

  it("opens one frame per slot, in order, and seals all but the newest three", () => {
    const ring = ringOf(1, 2, 3, 4, 5);
    expect(ring.between(0, 9).map((frame) => [frame.slot, frame.isSealed])).toEqual([
      [1, true],
      [2, true],
      [3, false],
      [4, false],
      [5, false],
    ]);
    expect(ring.open(5)).toBe(ring.newest);
    expect(ring.open(2)).toBeNull();
  });

  it("makes room for a late slot among the open ones, not before them", () => {
    const ring = ringOf(1, 2, 3, 6);
    expect(ring.open(5)?.slot).toBe(5);
    expect(slotsOf(ring)).toEqual([1, 2, 3, 5, 6]);
    expect(ring.open(2)).toBeNull();
    expect(ring.open(0)).toBeNull();
    expect(slotsOf(ring)).toEqual([1, 2, 3, 5, 6]);
  });

  it("drops what its capacity leaves behind, and knows how far it lost", () => {
    const ring = ringOf(1, 2, 3);
    expect(ring.lostThrough).toBe(-Infinity);
    ring.open(12);
    expect(slotsOf(ring)).toEqual([3, 12]);
    expect(ring.lostThrough).toBe(2);
    ring.open(1_000);
    expect(slotsOf(ring)).toEqual([1_000]);
    expect(ring.lostThrough).toBe(12);
    ring.dropOldest();
    ring.dropOldest();
    expect([ring.length, ring.lostThrough, ring.oldest]).toEqual([0, 1_000, undefined]);
  });

  it("answers the frames of a stretch, without its first slot and with its last", () => {
    const ring = ringOf(2, 4, 6, 8);
    expect(ring.between(2, 6).map((frame) => frame.slot)).toEqual([4, 6]);
    expect(ring.between(6, 2)).toEqual([]);
    expect(ring.between(8, 20)).toEqual([]);
  });
});
