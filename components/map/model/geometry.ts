/** A point on the map, in map units (pixels at zoom 1). */
export interface Point {
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

/** An upright rectangle by its centre, so that a card that grows stays where it is. */
export interface Box extends Point, Size {}

export function left(box: Box): number {
  return box.x - box.width / 2;
}

export function right(box: Box): number {
  return box.x + box.width / 2;
}

export function top(box: Box): number {
  return box.y - box.height / 2;
}

export function bottom(box: Box): number {
  return box.y + box.height / 2;
}

/** Whether two boxes share an area, with `gap` pixels kept between them. */
export function overlaps(a: Box, b: Box, gap = 0): boolean {
  return left(a) < right(b) + gap && right(a) > left(b) - gap && top(a) < bottom(b) + gap && bottom(a) > top(b) - gap;
}

export function contains(box: Box, point: Point, margin = 0): boolean {
  return point.x > left(box) - margin && point.x < right(box) + margin && point.y > top(box) - margin && point.y < bottom(box) + margin;
}

/** The smallest box around all of them; `null` for none. */
export function bounds(boxes: Iterable<Box>): Box | null {
  let x1 = Infinity;
  let y1 = Infinity;
  let x2 = -Infinity;
  let y2 = -Infinity;
  for (const box of boxes) {
    x1 = Math.min(x1, left(box));
    y1 = Math.min(y1, top(box));
    x2 = Math.max(x2, right(box));
    y2 = Math.max(y2, bottom(box));
  }
  if (x1 > x2) return null;
  return { x: (x1 + x2) / 2, y: (y1 + y2) / 2, width: x2 - x1, height: y2 - y1 };
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
