import { useEffect, useMemo, useRef, useState } from "react";

import { usePreferences } from "#lib/client/preferences.ts";

import type { DrawnGraph } from "../model/drawn-graph.ts";
import type { LayoutInput, Positions } from "../model/layout-input.ts";
import { layoutInput, layoutSignature } from "../model/layout-input.ts";
import { placeNodes } from "../model/place.ts";
import type { Placed } from "../model/place.ts";
import { elkEngine } from "./elk-engine.ts";
import type { LayoutEngine } from "./layout-engine.ts";

export interface Places {
  /** `null` before the first layout. */
  positions: Positions | null;
  /** Why there is no layout; `null` while there is nothing to say. */
  problem: string | null;
}

/** The picture of this visit: coming back to the map finds every node where it was. */
let remembered: Placed | null = null;

/**
 * Places for the drawn nodes. New numbers never move a node: only who is there and who calls whom is looked at, and in the past only
 * whether somebody came.
 */
export function usePlaces(graph: DrawnGraph | null, isPast: boolean, engine: LayoutEngine = elkEngine): Places {
  const input = useMemo(() => (graph === null ? null : layoutInput(graph)), [graph]);
  const signature = input === null ? null : layoutSignature(input);
  const latest = useRef<LayoutInput | null>(null);
  const { pins } = usePreferences();
  const [placed, setPlaced] = useState<Placed | null>(() => remembered);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    latest.current = input;
  });

  useEffect(() => {
    let isCurrent = true;
    const place = async (wanted: LayoutInput): Promise<void> => {
      try {
        const options = { previous: remembered, pins: new Map(Object.entries(pins)), isPast, layoutColumns: engine.layout };
        const next = await placeNodes(wanted, options);
        if (!isCurrent) return;
        remembered = next;
        setPlaced(next);
        setProblem(null);
      } catch {
        if (isCurrent) setProblem("The map could not be laid out. The table shows the same services.");
      }
    };
    if (signature !== null && latest.current !== null) void place(latest.current);
    return () => {
      isCurrent = false;
    };
  }, [signature, isPast, engine, pins]);

  return { positions: placed?.positions ?? null, problem };
}
