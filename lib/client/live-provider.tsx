"use client";

import { useQueryClient } from "@tanstack/react-query";
import { createContext, Suspense, useContext, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";

import { apiUrl } from "./api-client.ts";
import { LiveCache } from "./live-cache.ts";
import { INITIAL_LIVE_STATE, liveStatus, type LiveState, type LiveStatus } from "./live-state.ts";
import { LiveStream } from "./live-stream.ts";
import { atMsOf } from "./moment.ts";
import { useAt, useView } from "./search-params.ts";
import { useNow } from "./use-now.ts";

/** HTTP/1.1 gives one origin six connections: a tab that nobody sees hands its own back. */
const HIDDEN_GRACE_MS = 30_000;

interface LiveHandle {
  stream: LiveStream;
  cache: LiveCache;
}

const LiveContext = createContext<LiveHandle | null>(null);

function after(delayMs: number, task: () => void): () => void {
  const timer = window.setTimeout(task, delayMs);
  return () => window.clearTimeout(timer);
}

/** One stream for the tab. It follows the address's window and namespaces, and writes into the query cache. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [handle] = useState<LiveHandle>(() => {
    const cache = new LiveCache(client);
    const stream = new LiveStream({ open: (url) => new EventSource(url), nowMs: Date.now, random: Math.random, after }, (event) =>
      cache.apply(event),
    );
    return { stream, cache };
  });
  return (
    <LiveContext value={handle}>
      <Suspense fallback={null}>
        <LiveConnection />
      </Suspense>
      {children}
    </LiveContext>
  );
}

function useLiveHandle(): LiveHandle {
  const handle = useContext(LiveContext);
  if (handle === null) throw new Error("LiveProvider is missing above this component.");
  return handle;
}

function LiveConnection() {
  const { stream, cache } = useLiveHandle();
  const { window: windowParam, at, namespaces } = useView();
  const sorted = namespaces.toSorted().join(",");
  const isPast = at !== null;

  useEffect(() => {
    cache.show({ window: windowParam, namespaces: sorted === "" ? [] : sorted.split(",") });
    // Who looks at the past is not sent the present; what was there of it must not be taken for it later.
    if (isPast) cache.forgetGraph();
    const topics = isPast ? "changes,sources" : "graph,changes,sources";
    stream.follow(apiUrl("/api/live", { topics, window: windowParam, namespaces: sorted }));
  }, [stream, cache, windowParam, isPast, sorted]);

  useEffect(() => {
    let cancelSleep: () => void = () => undefined;
    const onVisibility = () => {
      cancelSleep();
      if (document.visibilityState === "hidden") cancelSleep = after(HIDDEN_GRACE_MS, () => stream.sleep());
      else stream.wake();
    };
    document.addEventListener("visibilitychange", onVisibility);
    stream.wake();
    return () => {
      document.removeEventListener("visibilitychange", onVisibility);
      cancelSleep();
      stream.sleep();
    };
  }, [stream]);

  return null;
}

/** The stream's raw state. Redraws on every event: take `useLiveStatus` where the words are enough. */
export function useLiveState(): LiveState {
  const { stream } = useLiveHandle();
  return useSyncExternalStore(stream.subscribe, stream.getState, () => INITIAL_LIVE_STATE);
}

/** The chip's words, once a second. */
export function useLiveStatus(): LiveStatus {
  return liveStatus(useLiveState(), useNow(), atMsOf(useAt()));
}

/** When the reader stopped the clock, epoch milliseconds; `null` = it runs. Redraws only when that changes. */
export function usePausedAt(): number | null {
  const { stream } = useLiveHandle();
  return useSyncExternalStore(
    stream.subscribe,
    () => (stream.getState().phase === "paused" ? stream.getState().since : null),
    () => null,
  );
}

/** Stops the stream's clock and lets it run again; the same object for the life of the page. Controls for readers: `useTimeControls`. */
export function useLiveControls(): { pause: () => void; resume: () => void } {
  const { stream } = useLiveHandle();
  const client = useQueryClient();
  return useMemo(() => {
    const pause = () => stream.pause();
    const resume = () => {
      stream.resume();
      void client.invalidateQueries();
    };
    return { pause, resume };
  }, [stream, client]);
}
