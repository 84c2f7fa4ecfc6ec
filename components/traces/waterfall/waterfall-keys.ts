export interface TreePress {
  readonly key: string;
  readonly isShift: boolean;
}

/** Where the focus is: a row among the shown ones. */
export interface TreePlace {
  readonly row: number;
  readonly rows: number;
  /** Rows that fit into what is in sight. */
  readonly page: number;
  readonly hasChildren: boolean;
  readonly isFolded: boolean;
  /** Row of the parent; -1 = none. */
  readonly parentRow: number;
}

/** What a key does to the tree. */
export type TreeAction =
  | { readonly do: "go"; readonly row: number }
  | { readonly do: "toggle" }
  | { readonly do: "open" }
  | { readonly do: "unfold-siblings" };

function go(row: number, { rows }: TreePlace): TreeAction | null {
  return rows === 0 ? null : { do: "go", row: Math.min(rows - 1, Math.max(0, row)) };
}

/** Keys on a row, as the ARIA practices have them for a tree of rows; `null` = not a key of the tree. */
export function treeAction({ key }: TreePress, place: TreePlace): TreeAction | null {
  switch (key) {
    case "ArrowDown":
      return go(place.row + 1, place);
    case "ArrowUp":
      return go(place.row - 1, place);
    case "PageDown":
      return go(place.row + place.page, place);
    case "PageUp":
      return go(place.row - place.page, place);
    case "Home":
      return go(0, place);
    case "End":
      return go(place.rows - 1, place);
    case "ArrowRight":
      if (place.hasChildren && place.isFolded) return { do: "toggle" };
      return place.hasChildren ? go(place.row + 1, place) : null;
    case "ArrowLeft":
      if (place.hasChildren && !place.isFolded) return { do: "toggle" };
      return place.parentRow >= 0 ? go(place.parentRow, place) : null;
    case "Enter":
    case " ":
      return { do: "open" };
    case "*":
      return { do: "unfold-siblings" };
    default:
      return null;
  }
}

/** What a shortcut does to the waterfall, wherever the focus is on the page. */
export type WaterfallCommand =
  | "page-down"
  | "page-up"
  | "next-span"
  | "previous-span"
  | "pan-left"
  | "pan-left-far"
  | "pan-right"
  | "pan-right-far"
  | "zoom-in"
  | "zoom-out"
  | "zoom-reset"
  | "fold-all"
  | "open-all"
  | "fold-level"
  | "open-level"
  | "find"
  | "next-match"
  | "previous-match"
  | "close";

/**
 * The letters that readers know from the most used trace viewer, with two differences: the arrow keys walk the rows, as
 * they must in a tree, and zooming has the signs that zoom the map.
 */
export const WATERFALL_KEYS: Readonly<Record<string, WaterfallCommand>> = {
  s: "page-down",
  w: "page-up",
  f: "next-span",
  b: "previous-span",
  a: "pan-left",
  "shift+a": "pan-left-far",
  d: "pan-right",
  "shift+d": "pan-right-far",
  "+": "zoom-in",
  "=": "zoom-in",
  "-": "zoom-out",
  "0": "zoom-reset",
  "]": "fold-all",
  "[": "open-all",
  p: "fold-level",
  o: "open-level",
  "mod+b": "find",
  n: "next-match",
  "shift+n": "previous-match",
  Escape: "close",
};

/** The same for the help. */
export const WATERFALL_KEY_HELP: readonly { keys: readonly string[]; what: string }[] = [
  { keys: ["↑", "↓"], what: "Among the spans" },
  { keys: ["←", "→"], what: "Fold or open a span" },
  { keys: ["Home", "End"], what: "First, last span" },
  { keys: ["Enter"], what: "Details of the span" },
  { keys: ["W", "S"], what: "Scroll up, down" },
  { keys: ["B", "F"], what: "Previous, next span" },
  { keys: ["A", "D"], what: "Earlier, later; with Shift further" },
  { keys: ["+", "−", "0"], what: "Zoom the time, or show all of it" },
  { keys: ["]", "["], what: "Fold all, open all" },
  { keys: ["P", "O"], what: "Fold, open one level" },
  { keys: ["Ctrl B"], what: "Find in the trace" },
  { keys: ["N", "Shift N"], what: "Next, previous match" },
];
