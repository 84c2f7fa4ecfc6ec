import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { traceQuery } from "#lib/client/trace-queries.ts";
import { compareTraces, type TraceComparison } from "#lib/traces/compare-traces.ts";

import { buildTraceView } from "../waterfall/build-trace-view.ts";
import type { Ghost } from "../waterfall/span-bar.tsx";
import type { TraceView } from "../waterfall/trace-view.ts";
import { ghostsOf, haveSameRoot } from "./ghosts.ts";

export interface Compared {
  readonly other: TraceView;
  readonly comparison: TraceComparison;
  /** Both begin with the same operation of the same service. */
  readonly isSameRoot: boolean;
  readonly ghosts: ReadonlyMap<string, Ghost>;
}

export interface ComparisonState {
  /** `null` = no other trace was named, or it is not here yet. */
  readonly compared: Compared | null;
  readonly isLoading: boolean;
  /** Why the other trace could not be read; `null` = nothing is wrong. */
  readonly error: unknown;
  readonly retry: () => void;
}

/** Reads the other trace and lays it over this one. */
export function useComparison(view: TraceView, withId: string, source: string | null, isCorrected: boolean): ComparisonState {
  const { data, error, isLoading, refetch } = useQuery(traceQuery(withId, source));
  const trace = withId === "" ? undefined : data?.value;
  const other = useMemo(() => (trace === undefined ? null : buildTraceView(trace, isCorrected)), [trace, isCorrected]);
  const compared = useMemo(() => {
    if (other === null) return null;
    const comparison = compareTraces(view.tree, other.tree);
    return { other, comparison, isSameRoot: haveSameRoot(view.tree, other.tree), ghosts: ghostsOf(comparison, view.tree, other.tree) };
  }, [view, other]);
  return { compared, isLoading, error: trace === undefined ? error : null, retry: () => void refetch() };
}
