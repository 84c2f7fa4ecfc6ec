import { z } from "zod";

import type { TelemetryNeeds } from "#collectors/shared/promql/telemetry-needs.ts";
import type { DiagnosisFinding } from "#lib/model/diagnosis.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { Clock } from "#lib/ports/time.ts";

import { StoreReach } from "../reach.ts";
import { parseDuration } from "../scrape-interval.ts";
import type { PrometheusStore } from "../store.ts";
import type { SeriesQuestions } from "./series-questions.ts";

/** Charts and the map of the past are offered this far back. */
const WANTED_MS = 24 * 3_600_000;
/** The longest window of the map and the charts. */
const LONGEST_WINDOW_MS = 3_600_000;
/** A store drops old data in pieces: one that is nearly as full as it may be has no more to come. */
const NEARLY_FULL = 0.9;
const USUAL_SCRAPE_MS = 15_000;

const RuntimeInfo = z.object({ data: z.object({ storageRetention: z.string() }) });

/** How long a store keeps what it has. */
export interface Retention {
  text: string;
  ms: number;
}

/** `null` = it does not tell. */
export async function retentionOf({ client }: PrometheusStore): Promise<Retention | null> {
  const told = await client.about({ path: "/api/v1/status/runtimeinfo" }, RuntimeInfo);
  const [text = ""] = told.ok ? told.value.data.storageRetention.split(" or ") : [];
  const ms = parseDuration(text);
  return ms === null ? null : { text, ms };
}

export function shortRetention(retention: Retention | null): DiagnosisFinding[] {
  if (retention === null || retention.ms >= WANTED_MS) return [];
  const { text } = retention;
  return [
    {
      level: "warning",
      code: "short-retention",
      text: `It keeps only ${text}.`,
      takesAway: `charts and the map of what was more than ${text} ago`,
      mend: "Start it with --storage.tsdb.retention.time=15d",
    },
  ];
}

/** How far back its data reaches, where that is less than what is offered and less than what it keeps: it is new, or lost what it had. */
export async function shortHistory(
  store: PrometheusStore,
  ask: SeriesQuestions,
  { dialect }: TelemetryNeeds,
  { scrapeMs, retention, clock }: { scrapeMs: number | null; retention: Retention | null; clock: Clock },
): Promise<Result<DiagnosisFinding[]>> {
  const reach = new StoreReach(store.client, dialect.metrics, clock);
  const window = { fromMs: ask.atMs - WANTED_MS, toMs: ask.atMs };
  const kept = await reach.keptFromMs(window, scrapeMs ?? USUAL_SCRAPE_MS, ask.atMs);
  if (!kept.ok || kept.value === null) return kept.ok ? ok([]) : kept;
  const reachMs = ask.atMs - kept.value;
  if (retention !== null && reachMs >= retention.ms * NEARLY_FULL) return ok([]);
  const far = lengthOf(reachMs);
  const windows = reachMs < LONGEST_WINDOW_MS ? `the part of longer windows that lies before, and ` : "";
  return ok([
    {
      level: "info",
      code: "short-history",
      text: `Data of ${dialect.reads} reaches ${far} back, to ${new Date(kept.value).toISOString().slice(0, 16)}Z.`,
      takesAway: `${windows}charts and the map of what was more than ${far} ago`,
      mend: null,
    },
  ]);
}

function lengthOf(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  return ms < 2 * 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}
