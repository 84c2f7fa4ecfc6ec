import { columnInput, completePlaces } from "./complete-places.ts";
import { keepPlaces } from "./keep-places.ts";
import { layoutDrift } from "./layout-input.ts";
import type { LayoutInput, Positions } from "./layout-input.ts";

/** What was laid out last, and from what. */
export interface Placed {
  input: LayoutInput;
  positions: Positions;
}

/** Above this share of nodes and lines that came or went, the whole picture is laid out anew. */
const ANEW_ABOVE = 0.34;

export interface PlaceOptions {
  /** The picture that the reader sees; `null` before the first. */
  previous: Placed | null;
  /** Places that the reader pinned; they always win. */
  pins: Positions;
  /** The reader looks at the past: who was not there, or not called, may be again at the next step, and moves nobody. */
  isPast?: boolean;
  /** Lays out the nodes that have edges, in columns. */
  layoutColumns: (input: LayoutInput) => Promise<Positions>;
}

/** Places for every node of `input`. Kept places win, unless so much changed that they would be wrong for most. */
export async function placeNodes(input: LayoutInput, options: PlaceOptions): Promise<Placed> {
  const { previous, pins, isPast = false } = options;
  if (isPast && previous !== null && input.nodes.every((node) => previous.positions.has(node.id))) {
    return { input: previous.input, positions: new Map([...previous.positions, ...pins]) };
  }
  const kept = new Map(previous !== null && layoutDrift(previous.input, input) <= ANEW_ABOVE ? previous.positions : []);
  for (const [id, place] of pins) kept.set(id, place);
  if (input.nodes.every((node) => kept.has(node.id))) return { input, positions: keepPlaces(kept, kept, input) };
  const columns = columnInput(input);
  const laid = columns.nodes.length === 0 ? new Map() : await options.layoutColumns(columns);
  return { input, positions: keepPlaces(kept, completePlaces(laid, input), input) };
}
