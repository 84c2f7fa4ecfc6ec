import type { MetricsDialect } from "#collectors/shared/promql/dialect.ts";
import type { SourceStatus } from "#lib/model/source.ts";

import type { PrometheusStore } from "./store.ts";

type Finding = SourceStatus["findings"][number];

/** How a source stands that reads one kind of telemetry from a store. */
export function statusOf(
  id: string,
  dialect: MetricsDialect,
  { client, probe }: PrometheusStore,
  seen: { newestMs: number | null; isEmpty: boolean },
): SourceStatus {
  const status = client.board.status();
  const facts = probe.lastFacts();
  const isDown = status.state === "down" || client.breaker.state !== "closed";
  const findings: Finding[] = [];
  if (facts !== null) findings.push({ subject: client.id, text: `It is ${facts.product}.`, mend: null });
  const [scrapeMs, ...others] = facts?.scrapeIntervalsMs ?? [];
  if (scrapeMs !== undefined) {
    const often = `${others.length === 0 ? "" : "mostly "}every ${scrapeMs / 1_000} s`;
    const text = `It collects ${often}, so the calls of a window may be those of one that lies up to that much earlier.`;
    findings.push({ subject: client.id, text, mend: null });
  }
  if (facts !== null && facts.hidesNewestMs > 0) {
    const text = `It hides the newest ${facts.hidesNewestMs / 1_000} s, so that what is called now is that old.`;
    findings.push({ subject: client.id, text, mend: "Lower the latency offset of its searches." });
  }
  const skew = skewFinding(client.id, client.skewMs);
  if (skew !== null) findings.push(skew);
  if (seen.isEmpty && !isDown) {
    const mend = `Let it collect ${dialect.metrics.join(" or ")}, and check queryScope.`;
    findings.push({ subject: dialect.id, text: `It holds nothing of ${dialect.reads}.`, mend });
  }
  return {
    ...status,
    id,
    state: isDown ? "down" : status.state === "healthy" && seen.isEmpty ? "degraded" : status.state,
    gives: [`traffic, by ${dialect.reads}`, "its history, as far back as it is kept"],
    dims: isDown ? [`edges and numbers that only ${id} tells of`, "charts of the past"] : [],
    newestData: seen.newestMs === null ? null : new Date(seen.newestMs).toISOString(),
    findings,
  };
}

/** `null` = the clocks agree, as far as can be told. */
export function skewFinding(id: string, skewMs: number): (Finding & { mend: string }) | null {
  if (skewMs === 0) return null;
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  const text = `The clock of ${id} is ${seconds} s ${skewMs > 0 ? "ahead of" : "behind"} Weft's: what is called now is another moment there.`;
  return { subject: id, text, mend: "Set both clocks by NTP." };
}
