import { Frame } from "./frame.ts";

/** How many frames stay open for late samples before they are sealed. */
const OPEN_FRAMES = 3;

/** The newest frames of one resolution. Slot s covers `((s - 1) * stepMs, s * stepMs]`. */
export class FrameRing {
  readonly stepMs: number;
  readonly capacity: number;
  /** Newest slot whose frame was given up; everything after it is still whole. */
  lostThrough = -Infinity;
  private frames: Frame[] = [];

  constructor(stepMs: number, capacity: number) {
    this.stepMs = stepMs;
    this.capacity = capacity;
  }

  slotOf(atMs: number): number {
    return Math.ceil(atMs / this.stepMs);
  }

  get oldest(): Frame | undefined {
    return this.frames[0];
  }

  get newest(): Frame | undefined {
    return this.frames.at(-1);
  }

  get length(): number {
    return this.frames.length;
  }

  get bytes(): number {
    return this.frames.reduce((sum, frame) => sum + frame.bytes, 0);
  }

  /** The frame of a slot for writing; `null` when that slot is already sealed, dropped, or before the newest open ones. */
  open(slot: number): Frame | null {
    for (let index = this.frames.length - 1; index >= 0; index--) {
      const frame = this.frames[index];
      if (frame === undefined || frame.slot < slot) {
        return this.insert(index + 1, slot);
      }
      if (frame.slot === slot) return frame.isSealed ? null : frame;
    }
    return this.frames.length === 0 ? this.insert(0, slot) : null;
  }

  private insert(index: number, slot: number): Frame | null {
    const isNewest = index === this.frames.length;
    if (!isNewest && this.frames.length - index >= OPEN_FRAMES) return null;
    const frame = new Frame(slot);
    this.frames.splice(index, 0, frame);
    for (const old of this.frames.slice(0, -OPEN_FRAMES)) old.seal();
    const newest = this.frames.at(-1)?.slot ?? slot;
    while ((this.frames[0]?.slot ?? newest) <= newest - this.capacity) this.dropOldest();
    return frame;
  }

  dropOldest(): void {
    this.lostThrough = this.frames.shift()?.slot ?? this.lostThrough;
  }

  /** Frames with `fromSlot < slot <= toSlot`, oldest first. */
  between(fromSlot: number, toSlot: number): Frame[] {
    const start = lowerBound(this.frames, fromSlot + 1);
    const end = lowerBound(this.frames, toSlot + 1);
    return this.frames.slice(start, end);
  }
}

function lowerBound(frames: readonly Frame[], slot: number): number {
  let low = 0;
  let high = frames.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((frames[middle]?.slot ?? Infinity) < slot) low = middle + 1;
    else high = middle;
  }
  return low;
}
