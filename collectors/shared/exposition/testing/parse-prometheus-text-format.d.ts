declare module "parse-prometheus-text-format" {
  interface PackageSample {
    labels?: Record<string, string>;
    value?: string;
    timestamp_ms?: string;
    buckets?: Record<string, string>;
  }

  /** Throws at the first line that it does not know. */
  function parsePrometheusTextFormat(text: string): { name: string; help: string; type: string; metrics: PackageSample[] }[];
  export = parsePrometheusTextFormat;
}
