import type { Folded } from "#collectors/shared/exposition/counter-book.ts";
import { printable } from "#lib/routing/printable.ts";
import type { SourceStatus } from "#lib/model/source.ts";

import type { CountedSeries } from "./tracked-series.ts";

export type Finding = SourceStatus["findings"][number];

/** What an exposition says about how well it can be read. */
export interface Seen {
  folded: Folded<CountedSeries, never>;
  isFlipping: boolean;
  /** For how many answers in a row counters were below their last value. */
  resetsInRow: number;
}

/** Counters begin anew when a collector does, which does not happen at every look. */
const TOO_MANY_RESETS = 3;

const CONNECTOR =
  "Add the servicegraph connector to the Collector: connectors: { servicegraph: { dimensions: [service.namespace, service.version], metrics_flush_interval: 10s } }, as exporter of the traces pipeline and as receiver of a metrics pipeline whose exporter is prometheus; give Weft that exporter's address.";

export function findingsOf(id: string, { folded, isFlipping, resetsInRow }: Seen): Finding[] {
  const { counted, trouble } = folded;
  const hasGraph = counted.some(({ kind }) => kind === "requests");
  const hasSpans = counted.some(({ kind }) => kind === "calls");
  const findings: Finding[] = [];
  const find = (text: string, mend: string): void => void findings.push({ subject: id, text, mend });
  if (!hasGraph && hasSpans)
    find("has metrics of spans and no service graph: services have numbers, and nobody is known to call them", CONNECTOR);
  if (!hasGraph && !hasSpans)
    find("has no metrics of a service graph (traces_service_graph_request_total), so it tells no edges", CONNECTOR);
  const targets = counted.flatMap((series) => (series.kind === "requests" ? [series.edge.key.target] : []));
  if (hasGraph && targets.every((target) => target.startsWith("unknown/"))) {
    find(
      "tells no namespaces, so that services of one name in two namespaces are one",
      "Add service.namespace to the dimensions of the servicegraph connector.",
    );
  }
  if (isFlipping) {
    find(
      "comes from an older connector, which mixes its counters of failed and of answered requests: failures show late, and edges on which everything fails are missing",
      "Update the OpenTelemetry Collector.",
    );
  }
  if (resetsInRow >= TOO_MANY_RESETS) {
    find(
      "begins its counters anew at every look, as several collectors do that answer at one address: the numbers are too high",
      "Give Weft the address of each collector as a source of its own.",
    );
  }
  if (trouble.malformed > 0) {
    const first = trouble.firstMalformed === null ? "" : `, the first ${JSON.stringify(printable(trouble.firstMalformed))}`;
    find(
      `has ${trouble.malformed} lines that are no metrics${first}`,
      "See whether its address is that of a prometheus exporter, and what stands before it.",
    );
  }
  if (trouble.overflow > 0) find(`has more series than Weft follows; ${trouble.overflow} are left out`, "Take dimensions away.");
  return findings;
}
