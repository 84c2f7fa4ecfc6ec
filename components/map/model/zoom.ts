import { clamp } from "./geometry.ts";
import type { Box, Point, Size } from "./geometry.ts";

/** What a node is drawn as. Which one depends on the zoom alone, so that text is never smaller than it can be read. */
export type DetailLevel = "card" | "chip" | "dot";

export const CARD_ZOOM = 0.85;
export const CHIP_ZOOM = 0.4;
/** From here on the calm edges say their numbers too. */
export const CLOSE_ZOOM = 1.3;
export const MIN_ZOOM = 0.05;
export const MAX_ZOOM = 2;
export const ZOOM_STEP = 1.2;

export function detailAt(zoom: number): DetailLevel {
  if (zoom >= CARD_ZOOM) return "card";
  return zoom >= CHIP_ZOOM ? "chip" : "dot";
}

export function clampZoom(zoom: number): number {
  return clamp(zoom, MIN_ZOOM, MAX_ZOOM);
}

/** Room at the edges of the canvas that belongs to the headline, the tools and the caption. */
export interface Insets {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

export interface Viewport {
  zoom: number;
  pan: Point;
}

/** The view that shows all of `content`, centred, never enlarged beyond 1. */
export function fitViewport(content: Box, canvas: Size, insets: Insets): Viewport {
  const width = Math.max(1, canvas.width - insets.left - insets.right);
  const height = Math.max(1, canvas.height - insets.top - insets.bottom);
  const zoom = clampZoom(Math.min(1, width / content.width, height / content.height));
  return {
    zoom,
    pan: {
      x: insets.left + width / 2 - content.x * zoom,
      y: insets.top + height / 2 - content.y * zoom,
    },
  };
}

/** Zooms by a factor and keeps `anchor` (in canvas pixels) where it is. */
export function zoomAround(view: Viewport, factor: number, anchor: Point): Viewport {
  const zoom = clampZoom(view.zoom * factor);
  const ratio = zoom / view.zoom;
  return {
    zoom,
    pan: { x: anchor.x - (anchor.x - view.pan.x) * ratio, y: anchor.y - (anchor.y - view.pan.y) * ratio },
  };
}

/** The least pan that brings `box` inside the free part of the canvas; the same view when it is there already. */
export function revealBox(view: Viewport, box: Box, canvas: Size, insets: Insets): Viewport {
  const halfWidth = (box.width * view.zoom) / 2;
  const halfHeight = (box.height * view.zoom) / 2;
  const x = box.x * view.zoom + view.pan.x;
  const y = box.y * view.zoom + view.pan.y;
  const dx = shiftInto(x - halfWidth, x + halfWidth, insets.left, canvas.width - insets.right);
  const dy = shiftInto(y - halfHeight, y + halfHeight, insets.top, canvas.height - insets.bottom);
  return dx === 0 && dy === 0 ? view : { zoom: view.zoom, pan: { x: view.pan.x + dx, y: view.pan.y + dy } };
}

function shiftInto(from: number, to: number, low: number, high: number): number {
  if (from < low) return low - from;
  if (to > high) return Math.max(low - from, high - to);
  return 0;
}
