import type { MetricsDialect } from "#collectors/shared/promql/dialect.ts";
import type { WeftError } from "#lib/model/errors.ts";
import type { Notice } from "#lib/model/evidence.ts";

/** What a source says of its own answers. */
export class SourceNotices {
  readonly #id: string;
  readonly #dialect: MetricsDialect;

  constructor(id: string, dialect: MetricsDialect) {
    this.#id = id;
    this.#dialect = dialect;
  }

  /** Nothing of the dialect's series is there. */
  empty(): Notice {
    const metrics = this.#dialect.metrics.join(" or ");
    const text = `${this.#id} keeps no ${metrics} in this window: it tells nothing of ${this.#dialect.reads}.`;
    return this.#notice("warning", "no-series", text, `Let it collect ${metrics}, and check queryScope.`);
  }

  /** Series are there whose values are no numbers. */
  notNumbers(areAll: boolean): Notice {
    const what = areAll ? "Nothing but values" : "Values";
    const text = `${what} that are no numbers (NaN or Inf) came from ${this.#id} for series of ${this.#dialect.reads}: they are left out.`;
    const [metric = ""] = this.#dialect.metrics;
    return this.#notice("warning", "not-numbers", text, `Find them with the query ${metric} != ${metric}, and mend what writes them.`);
  }

  /** How more of the past is kept. */
  get reachMend(): string {
    return `Wait if it has only just begun to collect; else choose a later moment, or let ${this.#id} keep more (--storage.tsdb.retention.time of a Prometheus).`;
  }

  /** Rates of a window that began before the data would read too low. */
  reachUnknown(error: WeftError): Notice {
    const text = `${this.#id} does not say since when it keeps data, so the window may be longer than what is known of it: ${error.message}`;
    return this.#notice("warning", "reach-unknown", text, error.mend);
  }

  durationsPending(areAveragesThere: boolean): Notice {
    const what = areAveragesThere ? "how durations are spread; averages are there" : "how long calls take";
    return this.#notice("info", "durations-pending", `${this.#id} is still asked ${what}.`, null);
  }

  durationsMissing(error: WeftError): Notice {
    return this.#notice("warning", "durations-missing", `Quantiles are missing: ${error.message}`, error.mend);
  }

  noHistograms(): Notice {
    const metric = this.#dialect.durationMetric ?? "";
    return this.#notice(
      "info",
      "no-histograms",
      `${this.#id} keeps no histogram of ${metric}: quantiles are missing.`,
      `Let it collect ${metric}_bucket.`,
    );
  }

  durationsUnasked(most: number): Notice {
    const text = `${this.#id} is asked for quantiles over time only for ${most} services or fewer: there are averages.`;
    return this.#notice("info", "durations-unasked", text, "Choose a service.");
  }

  /** `why` ends the sentence. */
  stepsMissing(why: string): Notice {
    return this.#notice("info", "steps-pending", `Steps of ${this.#id} ${why}`, null);
  }

  clockSkew({ text, mend }: { text: string; mend: string | null }): Notice {
    return this.#notice("warning", "clock-skew", text, mend);
  }

  #notice(level: Notice["level"], code: string, text: string, mend: string | null): Notice {
    return { level, code, text, source: this.#id, mend };
  }
}
