import type { z } from "zod";

import { LiveEvents } from "#lib/contract/live.ts";
import type { SourceStatus } from "#lib/model/source.ts";

import { INITIAL_LIVE_STATE, type LiveState } from "./live-state.ts";

/** The part of the browser's `EventSource` that the stream uses. */
export interface EventSourceLike {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void;
  close(): void;
}

/** The browser's means, given from outside so that tests need neither a browser nor a wait. */
export interface LiveStreamDeps {
  open(url: string): EventSourceLike;
  nowMs(): number;
  random(): number;
  /** Runs a task once after a wait; the answer gives it up. */
  after(delayMs: number, task: () => void): () => void;
}

export type LiveEventName = keyof typeof LiveEvents;
export type LiveEvent = { [Name in LiveEventName]: { name: Name; data: z.output<(typeof LiveEvents)[Name]> } }[LiveEventName];

const CLOSED = 2;
const RETRY_FIRST_MS = 1_000;
const RETRY_MOST_MS = 15_000;

/**
 * One stream of `/api/live`. The browser reconnects by itself after a broken line, in the server's jittered time; when it
 * gave up (an error status), this class opens a new one, later each time.
 */
export class LiveStream {
  private state: LiveState = INITIAL_LIVE_STATE;
  private source: EventSourceLike | null = null;
  private url: string | null = null;
  private failures = 0;
  private cancelRetry: () => void = () => undefined;
  private readonly watchers = new Set<() => void>();
  private readonly deps: LiveStreamDeps;
  private readonly onEvent: (event: LiveEvent) => void;

  constructor(deps: LiveStreamDeps, onEvent: (event: LiveEvent) => void) {
    this.deps = deps;
    this.onEvent = onEvent;
  }

  readonly getState = (): LiveState => this.state;

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  /** Follows this address from now on. The same address again changes nothing; a paused stream stays paused. */
  follow(url: string): void {
    if (url === this.url) return;
    this.url = url;
    if (this.state.phase !== "paused") this.connect();
  }

  /** The reader stopped the clock: the line is closed and the picture stands. */
  pause(): void {
    if (this.state.phase === "paused") return;
    this.disconnect();
    this.set({ phase: "paused", since: this.deps.nowMs() });
  }

  /** Back to now: a new line, whose first event is the whole picture. */
  resume(): void {
    if (this.state.phase === "paused") this.connect();
  }

  /** Gives the line back without a word, as for a tab that nobody sees. */
  sleep(): void {
    if (this.state.phase !== "paused") this.disconnect();
  }

  wake(): void {
    if (this.state.phase !== "paused" && this.source === null) this.connect();
  }

  close(): void {
    this.disconnect();
    this.url = null;
  }

  private connect(): void {
    this.disconnect();
    if (this.url === null) return;
    this.set({ phase: "connecting", since: this.deps.nowMs(), isUnreadable: false });
    const source = this.deps.open(this.url);
    this.source = source;
    for (const name of Object.keys(LiveEvents) as LiveEventName[]) {
      source.addEventListener(name, (event) => this.receive(source, name, event.data));
    }
    source.addEventListener("error", () => this.lose(source));
  }

  private disconnect(): void {
    this.cancelRetry();
    this.source?.close();
    this.source = null;
  }

  private lose(source: EventSourceLike): void {
    if (source !== this.source) return;
    if (this.state.phase !== "lost") this.set({ phase: "lost", since: this.deps.nowMs() });
    if (source.readyState !== CLOSED) return;
    this.disconnect();
    const most = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** this.failures);
    this.failures += 1;
    this.cancelRetry = this.deps.after(most / 2 + (most / 2) * this.deps.random(), () => this.reconnectQuietly());
  }

  /** A new try after a refused line: the chip stays "offline" until something really arrives. */
  private reconnectQuietly(): void {
    const { phase, since } = this.state;
    this.connect();
    this.set({ phase, since });
  }

  private receive(source: EventSourceLike, name: LiveEventName, data: unknown): void {
    if (source !== this.source) return;
    const event = readEvent(name, data);
    const now = this.deps.nowMs();
    this.failures = 0;
    const since = this.state.phase === "open" ? this.state.since : now;
    if (event === null) {
      this.set({ phase: "open", since, lastEventAt: now, isUnreadable: true });
      return;
    }
    this.set({ phase: "open", since, lastEventAt: now, isUnreadable: false, sources: sourcesAfter(this.state.sources, event) });
    this.onEvent(event);
  }

  private set(part: Partial<LiveState>): void {
    this.state = { ...this.state, ...part };
    for (const watcher of this.watchers) watcher();
  }
}

function readEvent(name: LiveEventName, data: unknown): LiveEvent | null {
  if (typeof data !== "string") return null;
  let body: unknown;
  try {
    body = JSON.parse(data);
  } catch {
    return null;
  }
  const parsed = LiveEvents[name].safeParse(body);
  // The name chose the schema, which the compiler cannot follow through a union.
  return parsed.success ? ({ name, data: parsed.data } as LiveEvent) : null;
}

function sourcesAfter(sources: readonly SourceStatus[], event: LiveEvent): readonly SourceStatus[] {
  if (event.name === "snapshot") return event.data.sources;
  if (event.name !== "source") return sources;
  const next = event.data;
  const isKnown = sources.some((source) => source.id === next.id);
  return isKnown ? sources.map((source) => (source.id === next.id ? next : source)) : [...sources, next];
}
