import type { FindingLevel } from "#lib/model/diagnosis.ts";

import type { MetricsDialect } from "./dialect.ts";
import type { Matcher } from "./expression.ts";

/** What a finding says besides what was seen. */
export interface Consequence {
  level: FindingLevel;
  takesAway: string;
  mend: string;
}

/** A label that series must have; several = one of them is enough. */
export interface LabelNeed extends Consequence {
  labels: readonly [string, ...string[]];
  metric: string;
  /** Which series must have it; left out = all. */
  among?: readonly Matcher[];
}

/** Series whose being there, or not, means something. */
export interface SeriesRule extends Consequence {
  code: string;
  /** All of these must be there for the rule to apply. */
  given: readonly SeriesPick[];
  /** And this must not; left out = `given` is enough. */
  lacking?: SeriesPick;
  /** Labels that tell apart what the rule is about: it holds where it holds for the series of any one. Left out = for all together. */
  per?: readonly string[];
  text: string;
}

export interface SeriesPick {
  metric: string;
  matchers: readonly Matcher[];
}

/** What one kind of telemetry needs to be read whole, for the doctor. */
export interface TelemetryNeeds {
  dialect: MetricsDialect;
  /** Setting or command that brings it into a store. */
  collect: string;
  labels: readonly LabelNeed[];
  series: readonly SeriesRule[];
  /** Metrics beside which durations are always collected, too: of several, any that is there. */
  durationsBeside: readonly string[];
  /** Labels that tell clusters apart. */
  clusterLabels: readonly string[];
}
