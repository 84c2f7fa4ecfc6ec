import type { QueryClient } from "@tanstack/react-query";

import type { Change } from "#lib/model/change.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { SourceStatus } from "#lib/model/source.ts";

import { applyChange, applyDelta, applySource, matchesFilter } from "./live-reducer.ts";
import type { LiveEvent } from "./live-stream.ts";
import { changeQuery, graphQuery, sourcesQuery, type View } from "./query-options.ts";

type ChangeListData = Sourced<{ items: Change[]; total: number; next: string | null }>;

/** Writes the stream's events into the query cache, so that a page reads one thing, wherever it came from. */
export class LiveCache {
  private readonly client: QueryClient;
  private view: View = { window: "60s", namespaces: [] };

  constructor(client: QueryClient) {
    this.client = client;
  }

  /** The view whose graph the stream carries from now on. */
  show(view: View): void {
    this.view = view;
  }

  /** Drops the live graph of the view, as the stream does not carry it for a while. */
  forgetGraph(): void {
    this.client.removeQueries({ queryKey: graphQuery(this.view).queryKey, exact: true });
  }

  apply(event: LiveEvent): void {
    const { view } = this;
    switch (event.name) {
      case "snapshot": {
        const { graph, changes, sources } = event.data;
        if (graph !== null) this.client.setQueryData(graphQuery(view).queryKey, graph);
        for (const source of sources) this.putSource(source);
        for (const change of changes) this.putChange(change);
        // What ended while the line was down is not in the snapshot.
        void this.client.invalidateQueries({ queryKey: ["changes"] });
        void this.client.invalidateQueries({ queryKey: ["change"] });
        return;
      }
      case "delta": {
        const delta = event.data;
        this.client.setQueryData(graphQuery(view).queryKey, (graph) => (graph === undefined ? undefined : applyDelta(graph, delta)));
        return;
      }
      case "change":
        this.putChange(event.data);
        return;
      case "source":
        this.putSource(event.data);
        return;
    }
  }

  private putSource(source: SourceStatus): void {
    this.client.setQueryData(sourcesQuery().queryKey, (list) => (list === undefined ? undefined : applySource(list, source)));
  }

  private putChange(change: Change): void {
    const key = changeQuery(change.id).queryKey;
    const before = this.client.getQueryData(key);
    const fresh: Sourced<Change> = { provenance: [], notices: [], coverage: "complete", value: change };
    this.client.setQueryData(key, { ...(before ?? fresh), value: change });
    for (const query of this.client.getQueryCache().findAll({ queryKey: ["changes"] })) {
      const [, routeId, target, objectId] = query.queryKey;
      if (!matchesFilter(change, { routeId, target, objectId })) continue;
      this.client.setQueryData<ChangeListData>(query.queryKey, (list) => (list === undefined ? undefined : applyChange(list, change)));
    }
    if (before?.value.state === change.state) return;
    // A new state means that the object's text, its owner or the proxies' state moved with it.
    const moved = [
      ["routes"],
      ["route"],
      ["service"],
      ["proxies"],
      ...(change.kind === "demand" ? [["security"], ["security-what-if"]] : []),
    ];
    for (const queryKey of moved) void this.client.invalidateQueries({ queryKey });
  }
}
