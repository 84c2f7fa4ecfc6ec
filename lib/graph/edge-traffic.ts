import type { MeshEdge } from "#lib/model/graph.ts";
import { edgeId } from "#lib/model/ids.ts";
import type { EdgeTraffic, Red, TimeWindow } from "#lib/model/red.ts";
import { sumTraffic, toRed, UNKNOWN_RED } from "#lib/red/traffic.ts";

/** Traffic of one edge and version, as a source tells it. */
export interface GraphRow {
  source: string;
  target: string;
  protocol: MeshEdge["protocol"];
  version: string | null;
  reporter: MeshEdge["reporter"];
  traffic: EdgeTraffic;
  /** Id of the source that these numbers come from. */
  toldBy: string;
  /** Ids of all sources that saw this edge. */
  seenBy: readonly string[];
}

/** All rows of one edge, with their sum. */
export interface EdgeSum {
  id: string;
  first: GraphRow;
  rows: readonly GraphRow[];
  traffic: EdgeTraffic;
  red: Red;
}

/** A destination that told nothing while its callers did is unknown, not idle. */
export function isUntold(traffic: EdgeTraffic): boolean {
  return traffic.count === 0 && traffic.callerCount > 0;
}

/** Rates and quantiles of a stretch of traffic, unknown where its destination told nothing. */
export function redOf(traffic: EdgeTraffic, window: TimeWindow, source: string): Red {
  return isUntold(traffic) ? UNKNOWN_RED : toRed(traffic, window, source);
}

/** Rows of pairs that exchanged anything in the window. */
export function activeRows(rows: readonly GraphRow[]): GraphRow[] {
  return rows.filter(({ traffic }) => traffic.count + traffic.callerCount + traffic.retries > 0);
}

/** A window of an answer, and by source the ones that its numbers are of where that is another one. */
export interface ToldWindows {
  window: TimeWindow;
  windows?: Readonly<Record<string, TimeWindow>> | undefined;
}

/** The window that a source's numbers are of. */
export function windowOf({ window, windows }: ToldWindows, teller: string): TimeWindow {
  return windows?.[teller] ?? window;
}

/** The edges of a window, each with the sum of its versions, by id: the one count that every view shows. */
export function sumEdges(active: readonly GraphRow[], windows: ToldWindows): EdgeSum[] {
  const groups = Map.groupBy(active, (row) => edgeId(row.source, row.target, row.protocol));
  return [...groups]
    .flatMap(([id, rows]) => {
      const [first] = rows;
      if (first === undefined) return [];
      const traffic = sumTraffic(rows.map((row) => row.traffic));
      return [{ id, first, rows, traffic, red: redOf(traffic, windowOf(windows, first.toldBy), first.toldBy) }];
    })
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
