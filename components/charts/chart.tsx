"use client";

import dynamic from "next/dynamic.js";
import { useEffect, useRef, useState } from "react";

import type { ChartDot, ChartSpec } from "./chart-spec.ts";

// The chart library writes style attributes, which a prerendered page must not hold: it is loaded by the browser alone.
const ChartDrawing = dynamic(async () => (await import("./chart-drawing.tsx")).ChartDrawing, { ssr: false });

/** A chart in a box whose size is known before anything is loaded. */
export function Chart({ spec, onDot }: { spec: ChartSpec; onDot?: (dot: ChartDot) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div
      ref={box}
      className="chart w-full overflow-hidden"
      role="img"
      aria-label={spec.label}
      {...(width > 0 ? { style: { height: spec.height } } : {})}
    >
      {width > 0 ? <ChartDrawing spec={spec} width={width} onDot={onDot} /> : null}
    </div>
  );
}
