import type { LayoutInput, Positions } from "../model/layout-input.ts";

/** Turns who-calls-whom into places. Asked only when services or edges come or go. */
export interface LayoutEngine {
  /** Places of all nodes of `input`, in columns, callers left. The same input gives the same places. Rejects when the engine broke. */
  layout: (input: LayoutInput) => Promise<Positions>;
}
