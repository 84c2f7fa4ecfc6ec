import { z } from "zod";

import { WeftError } from "#lib/model/errors.ts";

/** A port to receive spans on: a number, 0 for a free one, or off. */
const IngestPort = z.union([z.literal("off").transform(() => null), z.null(), z.coerce.number().int().min(0).max(65_535)], {
  error: "a port from 0 to 65535, or off",
});

/** How spans are received and kept. A port that is left out is the usual one of its protocol, where nobody else has it. */
const SpanOptions = z.strictObject({
  otlpHttp: IngestPort.optional(),
  otlpGrpc: IngestPort.optional(),
  zipkin: IngestPort.optional(),
  keepSpansMib: z.coerce.number().int().min(16).max(1_048_576).default(1_024),
  keepSpansHours: z.coerce.number().min(0.1).max(8_760).default(72),
  /** Nothing is written to disk, and a restart loses all of it. */
  areSpansInMemory: z.boolean().default(false),
});
export type SpanOptions = z.output<typeof SpanOptions>;

/** How a source shows who Weft is; secrets stand in files. */
const SourceAuth = z.union([
  z.strictObject({ bearerTokenFile: z.string().min(1) }),
  z.strictObject({ basic: z.strictObject({ username: z.string().min(1), passwordFile: z.string().min(1) }) }),
]);

/** How a place outside is reached, as `weft.yaml` says it after its words are turned into numbers and whole paths. */
const outside = {
  id: z.string().min(1),
  url: z.string().min(1),
  timeoutMs: z.number().int().min(100).max(120_000).default(10_000),
  headers: z.record(z.string(), z.string()).optional(),
  tenant: z.string().optional(),
  auth: SourceAuth.optional(),
  /** File with the certificates of the authority that signed the source's, PEM. */
  caFile: z.string().optional(),
};

/** A place outside that keeps traces. */
export const TraceSourceOptions = z.strictObject({
  ...outside,
  kind: z.enum(["jaeger", "zipkin"]),
  externalUrl: z.string().optional(),
});
export type TraceSourceOptions = z.output<typeof TraceSourceOptions>;

/** A place outside that keeps or shows metrics. What only one kind has is left out for the other. */
export const MetricsSourceOptions = z.strictObject({
  ...outside,
  kind: z.enum(["prometheus", "opentelemetry-collector"]),
  externalUrl: z.string().optional(),
  /** Files with the certificate that Weft shows, and its private key, PEM; both or neither. */
  certFile: z.string().optional(),
  keyFile: z.string().optional(),
  /** Sent with every question. */
  parameters: z.record(z.string(), z.string()).optional(),
  /** Questions under way at once. */
  concurrency: z.number().int().min(1).max(32).optional(),
  /** Labels that every series that is asked for must have. */
  queryScope: z.record(z.string(), z.string()).optional(),
  /** Kinds of telemetry that are read; left out = those whose metrics are there. */
  telemetry: z
    .array(z.enum(["istio", "envoy", "service-graph"]))
    .min(1)
    .optional(),
  /** Labels, best first, that say whose an Envoy is. */
  sourceLabels: z
    .strictObject({
      service: z.array(z.string()).optional(),
      namespace: z.array(z.string()).optional(),
      version: z.array(z.string()).optional(),
      /** Services that let callers from outside in, as `namespace/service`. */
      ingress: z.array(z.string()).optional(),
    })
    .optional(),
  /** How often an exposition is read that is not kept by anybody. */
  intervalMs: z.number().int().min(1_000).max(300_000).optional(),
});
export type MetricsSourceOptions = z.output<typeof MetricsSourceOptions>;

function isPlainHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return false;
  return url.username === "" && url.password === "" && url.search === "" && url.hash === "";
}

/** What a running Weft is told at its start. Paths are absolute or relative to the working directory. */
export const Options = z.strictObject({
  ...SpanOptions.shape,
  port: z.coerce.number().int().min(0).max(65_535).default(4600),
  dataDir: z.string().min(1).default(".weft/data"),
  /** Directory with one small JSON file per proxy. */
  proxiesDir: z.string().min(1).optional(),
  /** Directory of route files that Weft may write; left out = look, do not steer. */
  routesDir: z.string().min(1).optional(),
  /** Directory of listener files that Weft may write; left out = look, do not change what workloads demand. */
  listenersDir: z.string().min(1).optional(),
  pollIntervalMs: z.coerce.number().int().min(250).max(60_000).default(1_000),
  /** Binary for the dry run of what would be written; left out = the check says that it could not be run. */
  validateBinary: z.string().min(1).optional(),
  /** What the mesh is called on the screen. */
  meshName: z.string().min(1).max(60).optional(),
  isReadOnly: z.boolean().default(false),
  logLevel: z.enum(["warn", "info", "silent"]).default("warn"),
  /** Places outside that keep metrics, strongest first. */
  metricsSources: z.array(MetricsSourceOptions).default([]),
  traceSources: z.array(TraceSourceOptions).default([]),
  /** Base address of a receiver of OTLP over HTTP for spans of Weft's own; left out = none are made. */
  telemetryOtlp: z
    .string()
    .refine(isPlainHttpUrl, "must be an address that begins with http:// or https://, without user and query")
    .optional(),
});
export type Options = z.output<typeof Options>;

const FLAG: Record<string, string> = {
  port: "--port",
  dataDir: "--data-dir",
  proxiesDir: "--proxies",
  routesDir: "--routes",
  listenersDir: "--listeners",
  pollIntervalMs: "--poll-ms",
  meshName: "--name",
  validateBinary: "--envoy",
  otlpHttp: "--otlp-http",
  otlpGrpc: "--otlp-grpc",
  zipkin: "--zipkin",
  telemetryOtlp: "--telemetry-otlp",
  keepSpansMib: "--keep-spans-mib",
  keepSpansHours: "--keep-spans-hours",
};

/** Checks what was given on the command line. Throws INVALID with the flag, the reason and the mend. */
export function parseOptions(input: unknown): Options {
  const parsed = Options.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = String(issue?.path[0] ?? "");
  const flag = FLAG[field] ?? field;
  throw new WeftError("INVALID", `${flag}: ${issue?.message ?? "not valid"}`, { field: flag, mend: "See ./weft up --help" });
}
