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
    const mend = `Let it collect ${this.#dialect.metrics.join(" or ")}, and check queryScope.`;
    return this.#notice("warning", "no-series", `${this.#id} holds nothing of ${this.#dialect.reads} in this window.`, mend);
  }

  /** How more of the past is kept. */
  get reachMend(): string {
    return `Choose a later moment, or let ${this.#id} keep more (--storage.tsdb.retention.time of a Prometheus).`;
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
