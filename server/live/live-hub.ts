import { diffGraph } from "#lib/graph/diff-graph.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { MeshGraph } from "#lib/model/graph.ts";
import { getGraph, type GetGraphInput } from "#lib/usecases/get-graph.ts";

import { sourceStatuses } from "../routes/reads.ts";
import type { Runtime } from "../runtime.ts";

const TICK_MS = 2_000;

export type LiveTopic = "graph" | "changes" | "sources";

/** Where events go. `send` answers false when the reader is too slow and should be let go. */
export interface LiveReader {
  topics: ReadonlySet<LiveTopic>;
  view: GetGraphInput;
  send(event: string, data: string): boolean;
  close(): void;
}

interface View {
  input: GetGraphInput;
  latest: Sourced<MeshGraph> | null;
  readers: Set<LiveReader>;
  /** Readers that wait for the first graph. */
  joining: number;
  /** The first graph while it is worked out. */
  first: Promise<Sourced<MeshGraph> | null> | null;
}

/** Computes each distinct view once per tick, and hands the same bytes to everybody who looks at it. */
export class LiveHub {
  private readonly views = new Map<string, View>();
  private readonly readers = new Set<LiveReader>();
  private readonly runtime: Runtime;
  private readonly unsubscribe: () => void;
  private readonly onError: (error: unknown) => void;
  private timer: NodeJS.Timeout | null = null;
  private lastSources = "";
  private lastIds: readonly string[] = [];

  /** `onError` hears of what should not happen; the stream goes on. */
  constructor(runtime: Runtime, onError: (error: unknown) => void) {
    this.runtime = runtime;
    this.onError = onError;
    this.unsubscribe = runtime.context.log.subscribe((change) => this.broadcast("changes", "change", JSON.stringify(change)));
  }

  get size(): number {
    return this.readers.size;
  }

  /** Adds a reader and sends it the whole view. */
  async join(reader: LiveReader): Promise<void> {
    const view = this.viewOf(reader);
    // Nobody may give the view up meanwhile.
    view.joining++;
    if (reader.topics.has("graph")) await this.fill(view);
    view.joining--;
    this.readers.add(reader);
    view.readers.add(reader);
    this.sendWhole(reader, view);
    this.timer ??= setInterval(() => void this.tick().catch(this.onError), TICK_MS);
  }

  leave(reader: LiveReader): void {
    this.readers.delete(reader);
    const key = keyOf(reader.view);
    const view = this.views.get(key);
    view?.readers.delete(reader);
    if (view?.readers.size === 0 && view.joining === 0) this.views.delete(key);
    if (this.readers.size === 0 && this.timer !== null) {
      clearInterval(this.timer);
      this.timer = null;
    }
  }

  close(): void {
    this.unsubscribe();
    if (this.timer !== null) clearInterval(this.timer);
    for (const reader of this.readers) reader.close();
  }

  private viewOf(reader: LiveReader): View {
    const key = keyOf(reader.view);
    const known = this.views.get(key);
    if (known !== undefined) return known;
    const view: View = { input: reader.view, latest: null, readers: new Set(), joining: 0, first: null };
    this.views.set(key, view);
    return view;
  }

  /** The first graph of a view, once for all who wait for it. */
  private async fill(view: View): Promise<void> {
    if (view.latest !== null) return;
    view.first ??= this.compute(view.input).finally(() => (view.first = null));
    const first = await view.first;
    // A tick may have been quicker; then its graph is the newer one.
    if (view.latest === null) view.latest = first;
  }

  private async compute(input: GetGraphInput): Promise<Sourced<MeshGraph> | null> {
    try {
      const answer = await getGraph(this.runtime.context, input);
      return answer.ok ? answer.value : null;
    } catch (error) {
      this.onError(error);
      return null;
    }
  }

  private async tick(): Promise<void> {
    await Promise.all([...this.views.values()].map((view) => this.tickView(view)));
    const sources = sourceStatuses(this.runtime);
    const text = JSON.stringify(sources.map((source) => [source.id, source.state, source.coverage, source.lastError, source.findings]));
    if (text === this.lastSources) return;
    this.lastSources = text;
    const ids = new Set(sources.map(({ id }) => id));
    const isOneGone = this.lastIds.some((id) => !ids.has(id));
    this.lastIds = [...ids];
    if (isOneGone) return this.sendWithoutGone();
    for (const source of sources) this.broadcast("sources", "source", JSON.stringify(source));
  }

  /** A source that was taken out of the configuration can only be left out of a whole list. */
  private sendWithoutGone(): void {
    for (const view of this.views.values())
      for (const reader of view.readers) if (reader.topics.has("sources")) this.sendWhole(reader, view);
  }

  private sendWhole(reader: LiveReader, view: View): void {
    const snapshot = {
      graph: reader.topics.has("graph") ? view.latest : null,
      changes: reader.topics.has("changes") ? this.runtime.context.log.open() : [],
      sources: reader.topics.has("sources") ? sourceStatuses(this.runtime) : [],
    };
    this.deliver(reader, "snapshot", JSON.stringify(snapshot));
  }

  private async tickView(view: View): Promise<void> {
    const wanting = (): LiveReader[] => [...view.readers].filter((reader) => reader.topics.has("graph"));
    if (wanting().length === 0) {
      // Nobody keeps it up to date: who comes next shall not be given an old one.
      view.latest = null;
      return;
    }
    const next = await this.compute(view.input);
    if (next === null) return;
    const before = view.latest;
    view.latest = next;
    if (before === null) {
      const data = JSON.stringify({ graph: next, changes: this.runtime.context.log.open(), sources: sourceStatuses(this.runtime) });
      for (const reader of wanting()) this.deliver(reader, "snapshot", data);
      return;
    }
    const data = JSON.stringify({ ...next, value: diffGraph(before.value, next.value) });
    for (const reader of wanting()) this.deliver(reader, "delta", data);
  }

  private broadcast(topic: LiveTopic, event: string, data: string): void {
    for (const reader of this.readers) if (reader.topics.has(topic)) this.deliver(reader, event, data);
  }

  private deliver(reader: LiveReader, event: string, data: string): void {
    if (reader.send(event, data)) return;
    this.leave(reader);
    reader.close();
  }
}

function keyOf(view: GetGraphInput): string {
  return `${view.windowMs}|${view.namespaces.toSorted().join(",")}`;
}
