import { useMemo } from "react";

import { useLiveControls, usePausedAt } from "./live-provider.tsx";
import { atMsOf, atText } from "./moment.ts";
import { useView } from "./search-params.ts";

/** What one press of a scrubbing key moves. */
export const SCRUB_MS = 15_000;
/** Nearer to now than this is now: windows end with the last whole second. */
const NOW_MS = 2_000;

export interface TimeControls {
  /** End of the window, epoch milliseconds; `null` = it moves on with the clock. */
  atMs: number | null;
  isPaused: boolean;
  /** Live, neither paused nor in the past. */
  isLive: boolean;
  /** Ends the window at an instant; at or beyond now it goes back to live. A step of the back button. */
  goTo: (ms: number) => void;
  /** The same by hand or key, over and over: only the step that leaves live is one of the back button. */
  scrubTo: (ms: number) => void;
  /** Moves the end by so many milliseconds, from where the picture ends. */
  scrubBy: (ms: number) => void;
  goLive: () => void;
  /** Pauses what is live; from anywhere else goes back to live. */
  toggle: () => void;
}

/** Where the reader is in time, and every way to move. Needs a Suspense boundary above. */
export function useTimeControls(): TimeControls {
  const { at, setView } = useView();
  const pausedAt = usePausedAt();
  const { pause, resume } = useLiveControls();
  return useMemo(() => {
    const atMs = atMsOf(at);
    const isPaused = pausedAt !== null;
    const goLive = (): void => {
      if (at !== null) void setView({ at: null });
      if (isPaused) resume();
    };
    const move = (ms: number, history: "push" | "replace"): void => {
      if (ms > Date.now() - NOW_MS) goLive();
      else void setView({ at: atText(ms) }, { history });
    };
    const scrubTo = (ms: number): void => move(ms, at === null ? "push" : "replace");
    return {
      atMs,
      isPaused,
      isLive: atMs === null && !isPaused,
      goTo: (ms) => move(ms, "push"),
      scrubTo,
      scrubBy: (ms) => scrubTo((atMs ?? pausedAt ?? Date.now()) + ms),
      goLive,
      toggle: () => (atMs === null && !isPaused ? pause() : goLive()),
    };
  }, [at, pausedAt, setView, pause, resume]);
}
