import { StatsLogger, type AnyConfig } from "../admin/wire-config.ts";
import { readAny } from "./read-any.ts";

/** Which of the recommended statistics a chain keeps, each with the tags it has. */
export type LoggedStats = ReadonlyMap<string, ReadonlySet<string>>;

interface AccessLog {
  typed_config?: AnyConfig | undefined;
}

const PREFIX = "weft";

/** The statistics that a chain's access loggers keep under the prefix that Weft reads. */
export function loggedStats(accessLogs: readonly AccessLog[]): LoggedStats {
  const logged = new Map<string, ReadonlySet<string>>();
  for (const { typed_config: any } of accessLogs) {
    const logger = readAny(any, "access_loggers.stats.v3.Config", StatsLogger);
    if (logger === null || (logger.stats_scope?.prefix ?? logger.stat_prefix) !== PREFIX) continue;
    for (const { stat } of [...logger.counters, ...logger.histograms]) {
      logged.set(stat.name, new Set(stat.tags.map((tag) => tag.name)));
    }
  }
  return logged;
}
