import { z } from "zod";

import { AUTH_NAMES, BASIC_NAMES, durationBetween, HttpUrl, QueriedUrl, sourceFields, Text } from "./source-fields.ts";

const MOST_SOURCES = 20;

export const TraceSourceEntry = z.strictObject({
  ...sourceFields,
  kind: z.enum(["jaeger", "zipkin"], "must be jaeger or zipkin"),
  url: HttpUrl,
  externalUrl: HttpUrl.optional(),
});
export type TraceSourceEntry = z.output<typeof TraceSourceEntry>;

/** What a question itself says; a file that said it again would ask for something else. */
const OWN_PARAMETERS = new Set(["query", "time", "start", "end", "step", "limit", "match[]"]);

const Parameters = z.record(
  z.string().refine((name) => !OWN_PARAMETERS.has(name), "is said by Weft itself with every question"),
  z.string("must be text; put numbers and true or false into quotes"),
  "must be names with texts",
);

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const LabelName = z.string("must be the name of a label").regex(LABEL_NAME, "must be the name of a label");

const QueryScope = z.record(
  LabelName.refine((name) => name !== "__name__", "must be the name of a label"),
  z.string("must be text; put numbers into quotes"),
  "must be labels with texts",
);

const KNOWN_TELEMETRY = ["istio", "envoy", "service-graph"] as const;
const TELEMETRY_WORDS = "istio, envoy or service-graph";

const Telemetry = z
  .array(z.enum(KNOWN_TELEMETRY, `must be ${TELEMETRY_WORDS}`), `must be a list of ${TELEMETRY_WORDS}`)
  .min(1, "must name at least one; left out, Weft looks for all")
  .refine((names) => new Set(names).size === names.length, "names one twice");

/** Labels, best first, that say whose an Envoy is. */
const LabelNames = z.array(LabelName, "must be a list of labels").min(1, "must name at least one label").max(10, "must be at most 10");
const Services = z
  .array(Text.regex(/^[^/]+\/[^/]+$/, "must be namespace/service"), "must be a list of services")
  .max(20, "must be at most 20");
const SourceLabels = z.strictObject(
  { service: LabelNames.optional(), namespace: LabelNames.optional(), version: LabelNames.optional(), ingress: Services.optional() },
  { error: (issue) => (issue.code === "invalid_type" ? "must be service, namespace and version, each a list of labels" : undefined) },
);

const clientCertificate = { cert: Text.optional(), key: Text.optional() };
const CERT_WITHOUT_KEY = { path: ["cert"], message: "needs its key beside it, and a key its cert" };

function hasBothOrNeither({ cert, key }: { cert?: string | undefined; key?: string | undefined }): boolean {
  return (cert === undefined) === (key === undefined);
}

/** What stands in front of it is where a store begins. */
const API_PATH = /\/api\/v1(\/.*)?$/;

const PrometheusEntry = z
  .strictObject({
    ...sourceFields,
    ...clientCertificate,
    kind: z.literal("prometheus"),
    url: QueriedUrl.refine((url) => !API_PATH.test(url), "must end before /api/v1, which Weft puts behind it"),
    externalUrl: HttpUrl.optional(),
    query: Parameters.optional(),
    concurrency: z.int("must be a whole number").min(1, "must be at least 1").max(32, "must be at most 32").optional(),
    queryScope: QueryScope.optional(),
    telemetry: Telemetry.optional(),
    sourceLabels: SourceLabels.optional(),
  })
  .refine(hasBothOrNeither, CERT_WITHOUT_KEY);
export type PrometheusEntry = z.output<typeof PrometheusEntry>;

const CollectorEntry = z
  .strictObject({
    ...sourceFields,
    ...clientCertificate,
    kind: z.literal("opentelemetry-collector"),
    url: HttpUrl,
    interval: durationBetween(1_000, 300_000, "must be between 1s and 5m").optional(),
  })
  .refine(hasBothOrNeither, CERT_WITHOUT_KEY);
export type CollectorEntry = z.output<typeof CollectorEntry>;

/** What can be checked of an entry whose kind nobody reads: each name by what it means to the kinds that know it. */
const UnknownKindEntry = z
  .strictObject({ ...PrometheusEntry.shape, ...CollectorEntry.shape, kind: z.unknown().optional() })
  .refine(hasBothOrNeither, CERT_WITHOUT_KEY);

const MetricsSourceEntry = z.discriminatedUnion("kind", [PrometheusEntry, CollectorEntry], {
  error: (issue) => (issue.code === "invalid_union" ? "must be prometheus or opentelemetry-collector" : undefined),
});

/** The whole file. */
export const ConfigFile = z.strictObject({
  mesh: Text.max(60, "must be at most 60 letters").optional(),
  metrics: z.array(MetricsSourceEntry, "must be a list").max(MOST_SOURCES, `must be at most ${MOST_SOURCES}`).optional(),
  traces: z.array(TraceSourceEntry, "must be a list").max(MOST_SOURCES, `must be at most ${MOST_SOURCES}`).optional(),
});
export type ConfigFile = z.output<typeof ConfigFile>;

/** Every issue of a file that the schema refused: a wrong kind hides none of the others of its entry. */
export function issuesOf({ issues }: z.ZodError, value: unknown): z.core.$ZodIssue[] {
  return issues.flatMap((issue) => {
    const [list, index, name] = issue.path;
    if (issue.code !== "invalid_union" || list !== "metrics" || typeof index !== "number" || name !== "kind") return [issue];
    const hidden = UnknownKindEntry.safeParse(entryAt(value, index)).error?.issues ?? [];
    return [issue, ...hidden.map((found) => ({ ...found, path: [list, index, ...found.path] }))];
  });
}

function entryAt(value: unknown, index: number): unknown {
  const lists = z.object({ metrics: z.array(z.unknown()) }).safeParse(value);
  return lists.success ? lists.data.metrics[index] : undefined;
}

/** What is meant by another kind: programs that speak the interface of one that Weft reads, and short names. */
const MEANT_KINDS: Readonly<Record<string, string>> = {
  prom: "prometheus",
  thanos: "prometheus",
  mimir: "prometheus",
  cortex: "prometheus",
  victoriametrics: "prometheus",
  "victoria-metrics": "prometheus",
  otel: "opentelemetry-collector",
  otelcol: "opentelemetry-collector",
  collector: "opentelemetry-collector",
  "otel-collector": "opentelemetry-collector",
};

const KINDS: Readonly<Record<string, readonly string[]>> = {
  metrics: MetricsSourceEntry.options.map(({ shape }) => shape.kind.value),
  traces: TraceSourceEntry.shape.kind.options,
};

/** Kinds of entries of a list, and the one that a word stands for, if it is known to stand for one. */
export function kindsOf(list: string, said: string): { known: readonly string[]; meant: string | null } {
  const known = KINDS[list] ?? [];
  const meant = MEANT_KINDS[said.toLowerCase()];
  return { known, meant: meant !== undefined && known.includes(meant) ? meant : null };
}

/** Names that may stand at a place of the file; empty where any may. `kind` is that of the entry, as far as it says one. */
export function namesAt(path: readonly (string | number)[], kind: unknown): string[] {
  const [list, , field, part] = path;
  if (list === undefined) return Object.keys(ConfigFile.shape);
  if (part !== undefined) return part === "basic" ? BASIC_NAMES : [];
  if (field === "auth") return AUTH_NAMES;
  if (field === "sourceLabels") return Object.keys(SourceLabels.shape);
  if (field !== undefined) return [];
  if (list === "traces") return Object.keys(TraceSourceEntry.shape);
  return Object.keys((kind === "opentelemetry-collector" ? CollectorEntry : PrometheusEntry).shape);
}
