import { useEffect, useState, type RefObject } from "react";

export interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** The inner size of an element, once it is drawn and whenever it changes; 0 before. */
export function useSize(element: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ widthPx: 0, heightPx: 0 });
  useEffect(() => {
    const observed = element.current;
    if (observed === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      setSize((old) => (old.widthPx === width && old.heightPx === height ? old : { widthPx: width, heightPx: height }));
    });
    observer.observe(observed);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
