import { WATERFALL_KEY_HELP } from "#components/traces/waterfall/waterfall-keys.ts";

import { DESTINATIONS } from "./destinations.ts";

export interface KeyHelp {
  keys: readonly string[];
  what: string;
}

/** Every shortcut, in the groups of the help dialog. */
export const KEY_HELP: readonly { title: string; keys: readonly KeyHelp[] }[] = [
  {
    title: "Anywhere",
    keys: [
      { keys: ["/"], what: "Find" },
      { keys: ["Ctrl K"], what: "Commands" },
      { keys: ["?"], what: "This help" },
      { keys: ["L"], what: "Pause, or back to live" },
      { keys: [",", "."], what: "15 s back, 15 s on" },
      { keys: ["Esc"], what: "Back one step" },
      ...DESTINATIONS.map((destination) => ({ keys: ["g", destination.key], what: destination.word })),
    ],
  },
  {
    title: "Map",
    keys: [
      { keys: ["←", "→"], what: "Along the edges" },
      { keys: ["↑", "↓"], what: "Among siblings" },
      { keys: ["Enter"], what: "Select" },
      { keys: ["Shift Enter"], what: "Open its page" },
      { keys: ["+", "−", "0"], what: "Zoom in, out, fit" },
      { keys: ["T"], what: "Graph or table" },
      { keys: ["[", "]"], what: "Previous, next change" },
    ],
  },
  {
    title: "Split and review",
    keys: [
      { keys: ["←", "→"], what: "One point" },
      { keys: ["Shift ←", "Shift →"], what: "Five points" },
      { keys: ["Home", "End"], what: "0 and 100 %" },
      { keys: ["Ctrl Enter"], what: "Apply, on the review only" },
    ],
  },
  { title: "Trace", keys: WATERFALL_KEY_HELP },
];
