import { useCallback, useEffect, useRef, useState } from "react";
import type { RefObject } from "react";

import type { Box, Point } from "../model/geometry.ts";
import { CLOSE_ZOOM, detailAt, fitViewport, revealBox, zoomAround } from "../model/zoom.ts";
import type { DetailLevel, Insets, Viewport } from "../model/zoom.ts";
import { EdgeCanvas } from "./edge-canvas.ts";
import { readMapColors, watchMapColors } from "./map-colors.ts";

/** What the tools and keys may do with the view. */
export interface MapView {
  zoomBy: (factor: number) => void;
  fit: () => void;
  /** Pans just enough that the box is in sight. */
  reveal: (box: Box) => void;
}

export interface EdgeCanvasHooks {
  container: RefObject<HTMLDivElement | null>;
  overlay: RefObject<HTMLDivElement | null>;
  canvas: EdgeCanvas | null;
  level: DetailLevel;
  /** The reader has come so close that there is room for every label. */
  isClose: boolean;
  view: MapView;
}

export interface EdgeCanvasOptions {
  insets: Insets;
  /** The same while a panel lies over the map: what is revealed must not be under it. */
  clear: Insets;
  /** Outline of everything that is drawn; `null` before the first layout. */
  content: Box | null;
  onSelect: (id: string | null) => void;
  onHover: (id: string | null) => void;
}

function isMotionReduced(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * Runs the canvas and keeps the HTML above it in step: pan rounded to device pixels, so that text stays sharp. The view
 * follows the content until the reader moves it, and again after "fit".
 */
export function useEdgeCanvas({ insets, clear, content, onSelect, onHover }: EdgeCanvasOptions): EdgeCanvasHooks {
  const container = useRef<HTMLDivElement>(null);
  const overlay = useRef<HTMLDivElement>(null);
  const [canvas, setCanvas] = useState<EdgeCanvas | null>(null);
  const [level, setLevel] = useState<DetailLevel>("card");
  const [isClose, setIsClose] = useState(false);
  const isReaders = useRef(false);
  const handlers = useRef({ onSelect, onHover });
  useEffect(() => {
    handlers.current = { onSelect, onHover };
  });

  useEffect(() => {
    const element = container.current;
    if (element === null) return undefined;
    const follow = (view: Viewport): void => {
      moveOverlay(overlay.current, view);
      setLevel(detailAt(view.zoom));
      setIsClose(view.zoom >= CLOSE_ZOOM);
    };
    const created = new EdgeCanvas(element, readMapColors(), {
      onViewport: follow,
      onItem: (id) => handlers.current.onSelect(id),
      onBackground: () => handlers.current.onSelect(null),
      onHover: (id) => handlers.current.onHover(id),
    });
    follow(created.view());
    setCanvas(created);
    const unwatch = watchMapColors(() => created.recolor(readMapColors()));
    const stopListening = noteReadersMoves(element, () => {
      isReaders.current = true;
    });
    return () => {
      unwatch();
      stopListening();
      created.destroy();
      setCanvas(null);
    };
  }, []);

  const latest = useRef({ content, insets, clear });
  useEffect(() => {
    latest.current = { content, insets, clear };
  });

  const fitNow = useCallback(
    (isGliding: boolean) => {
      const { content: box, insets: free } = latest.current;
      if (canvas === null || box === null) return;
      const size = canvas.size();
      if (size.width > 0 && size.height > 0) canvas.show(fitViewport(box, size, free), isGliding && !isMotionReduced());
    },
    [canvas],
  );

  useEffect(() => {
    const element = container.current;
    if (canvas === null || element === null) return undefined;
    const observer = new ResizeObserver(() => {
      canvas.resize();
      if (!isReaders.current) fitNow(false);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [canvas, fitNow]);

  const place = content === null ? null : [content.x, content.y, content.width, content.height].join(" ");
  useEffect(() => {
    if (place !== null && !isReaders.current) fitNow(false);
  }, [place, fitNow]);

  const zoomBy = useCallback(
    (factor: number) => {
      if (canvas === null) return;
      isReaders.current = true;
      const size = canvas.size();
      const middle: Point = { x: size.width / 2, y: size.height / 2 };
      canvas.show(zoomAround(canvas.view(), factor, middle), !isMotionReduced());
    },
    [canvas],
  );
  const fit = useCallback(() => {
    isReaders.current = false;
    fitNow(true);
  }, [fitNow]);
  const reveal = useCallback(
    (box: Box) => {
      if (canvas === null) return;
      const view = canvas.view();
      const moved = revealBox(view, box, canvas.size(), latest.current.clear);
      if (moved === view) return;
      isReaders.current = true;
      canvas.show(moved, !isMotionReduced());
    },
    [canvas],
  );

  return { container, overlay, canvas, level, isClose, view: { zoomBy, fit, reveal } };
}

function moveOverlay(overlay: HTMLDivElement | null, { zoom, pan }: Viewport): void {
  if (overlay === null) return;
  const ratio = window.devicePixelRatio;
  const round = (value: number): number => Math.round(value * ratio) / ratio;
  overlay.style.transform = `translate(${round(pan.x)}px, ${round(pan.y)}px) scale(${zoom})`;
  overlay.style.setProperty("--inverse-zoom", String(1 / zoom));
}

const SLOP_PX = 4;

/**
 * Calls back when the reader turns the wheel or drags the map, as opposed to the map moving by itself. A drag that
 * began on a card ends on it too, since the card moves along: that is no click.
 */
function noteReadersMoves(element: HTMLElement, note: () => void): () => void {
  let start: Point | null = null;
  let isDrag = false;
  const down = (event: PointerEvent): void => {
    start = { x: event.clientX, y: event.clientY };
    isDrag = false;
  };
  const move = (event: PointerEvent): void => {
    if (start === null || Math.hypot(event.clientX - start.x, event.clientY - start.y) <= SLOP_PX) return;
    isDrag = true;
    note();
  };
  const up = (): void => {
    start = null;
  };
  const click = (event: MouseEvent): void => {
    if (isDrag && event.detail > 0) event.stopPropagation();
    isDrag = false;
  };
  element.addEventListener("wheel", note, { passive: true });
  element.addEventListener("pointerdown", down);
  element.addEventListener("pointermove", move);
  element.addEventListener("click", click, { capture: true });
  window.addEventListener("pointerup", up);
  window.addEventListener("pointercancel", up);
  return () => {
    element.removeEventListener("wheel", note);
    element.removeEventListener("pointerdown", down);
    element.removeEventListener("pointermove", move);
    element.removeEventListener("click", click, { capture: true });
    window.removeEventListener("pointerup", up);
    window.removeEventListener("pointercancel", up);
  };
}
