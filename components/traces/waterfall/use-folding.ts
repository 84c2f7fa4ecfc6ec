import { useCallback, useMemo, useState } from "react";

import { foldAll, foldAllBut, foldOneLevel, NOTHING_FOLDED, openOneLevel, reveal, toggleFold, visibleRows, type Folded } from "./rows.ts";
import type { SpanNode } from "./trace-view.ts";

export interface Folding {
  readonly folded: Folded;
  /** Indexes of the shown spans, in order. */
  readonly rows: readonly number[];
  readonly toggle: (key: string) => void;
  readonly show: (index: number) => void;
  readonly foldAll: () => void;
  readonly openAll: () => void;
  readonly openErrors: () => void;
  readonly foldLevel: () => void;
  readonly openLevel: () => void;
  /** Opens every child of one span; -1 = every root. */
  readonly openSiblings: (parent: number) => void;
}

/** Which spans are folded. Remembered by their keys, so that spans which come later change nothing about it. */
export function useFolding(nodes: readonly SpanNode[]): Folding {
  const [folded, setFolded] = useState<Folded>(NOTHING_FOLDED);
  const rows = useMemo(() => visibleRows(nodes, folded), [nodes, folded]);
  const toggle = useCallback((key: string) => setFolded((old) => toggleFold(old, key)), []);
  const show = useCallback((index: number) => setFolded((old) => reveal(nodes, old, index)), [nodes]);
  return {
    folded,
    rows,
    toggle,
    show,
    foldAll: () => setFolded(foldAll(nodes)),
    openAll: () => setFolded(NOTHING_FOLDED),
    openErrors: () => setFolded(foldAllBut(nodes, (node) => node.isError)),
    foldLevel: () => setFolded(foldOneLevel(nodes, folded)),
    openLevel: () => setFolded(openOneLevel(nodes, folded)),
    openSiblings: (parent) => {
      const siblings = new Set(nodes.filter((node) => node.parent === parent).map((node) => node.key));
      setFolded((old) => new Set([...old].filter((key) => !siblings.has(key))));
    },
  };
}
