import { activeRows, type GraphRow, isUntold, sumEdges, type ToldWindows } from "#lib/graph/edge-traffic.ts";

import type { EdgeLoad } from "./facts.ts";

/** Traffic of every edge of a window, from the sums that the map shows. */
export function edgeLoads(rows: readonly GraphRow[], windows: ToldWindows): EdgeLoad[] {
  return sumEdges(activeRows(rows), windows).map(({ id, first, traffic, red }) => ({
    id,
    source: first.source,
    target: first.target,
    protocol: first.protocol,
    rate: red.rate,
    arrived: isUntold(traffic) ? traffic.callerCount : Math.max(0, traffic.count - traffic.neverArrived),
    transport: traffic.transport,
    toldBy: first.toldBy,
  }));
}
