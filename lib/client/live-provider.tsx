"use client";

import { useQueryClient } from "@tanstack/react-query";
import { createContext, Suspense, useContext, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";

import { apiUrl } from "./api-client.ts";
import { LiveCache } from "./live-cache.ts";
import { INITIAL_LIVE_STATE, liveStatus, type LiveState, type LiveStatus } from "./live-state.ts";
import { LiveStream } from "./live-stream.ts";
import { useView } from "./search-params.ts";
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
  const { window: windowParam, namespaces } = useView();
  const sorted = namespaces.toSorted().join(",");

  useEffect(() => {
    cache.show({ window: windowParam, namespaces: sorted === "" ? [] : sorted.split(",") });
    stream.follow(apiUrl("/api/live", { topics: "graph,changes,sources", window: windowParam, namespaces: sorted }));
  }, [stream, cache, windowParam, sorted]);

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
  return liveStatus(useLiveState(), useNow());
}

/** Whether the reader stopped the clock. Redraws only when that changes. */
export function useIsPaused(): boolean {
  const { stream } = useLiveHandle();
  return useSyncExternalStore(
    stream.subscribe,
    () => stream.getState().phase === "paused",
    () => false,
  );
}

/** Pause and resume; the same object for the life of the page. */
export function useLiveControls(): { pause: () => void; resume: () => void; toggle: () => void } {
  const { stream } = useLiveHandle();
  const client = useQueryClient();
  return useMemo(() => {
    const pause = () => stream.pause();
    const resume = () => {
      stream.resume();
      void client.invalidateQueries();
    };
    const toggle = () => (stream.getState().phase === "paused" ? resume() : pause());
    return { pause, resume, toggle };
  }, [stream, client]);
}
