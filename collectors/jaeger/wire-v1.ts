import { z } from "zod";

/** Whole numbers, as text where a double cannot hold them. */
const Whole = z.union([z.number().int().min(0), z.string().regex(/^\d{1,19}$/, "a whole number")]);

const Tag = z.object({
  key: z.string(),
  /** `string`, `bool`, `int64`, `float64` or `binary`. */
  type: z.string().default("string"),
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
});
export type Tag = z.infer<typeof Tag>;

const Tags = z
  .array(Tag)
  .nullish()
  .transform((tags) => tags ?? []);

const Span = z.object({
  traceID: z.string(),
  spanID: z.string(),
  parentSpanID: z.string().nullish(),
  operationName: z.string().default(""),
  references: z
    .array(z.object({ refType: z.string(), traceID: z.string(), spanID: z.string() }))
    .nullish()
    .transform((references) => references ?? []),
  /** Microseconds since the epoch, and microseconds. */
  startTime: Whole,
  duration: Whole.default(0),
  tags: Tags,
  logs: z
    .array(z.object({ timestamp: Whole, fields: Tags }))
    .nullish()
    .transform((logs) => logs ?? []),
  processID: z.string().nullish(),
  process: z.object({ serviceName: z.string().default(""), tags: Tags }).nullish(),
  warnings: z.array(z.string()).nullish(),
});
export type V1Span = z.infer<typeof Span>;

const Process = z.object({ serviceName: z.string().default(""), tags: Tags });

/** A trace of version 1 (jaegertracing/jaeger, internal/uimodel/model.go). */
const V1Trace = z.object({ traceID: z.string(), spans: z.array(Span), processes: z.record(z.string(), Process).default({}) });
export type V1Trace = z.infer<typeof V1Trace>;

/** The envelope of every answer; `total` is 0 although there is data, and never to be used. */
const envelope = <T extends z.ZodType>(item: T) =>
  z.object({
    data: z
      .array(item)
      .nullable()
      .transform((data) => data ?? []),
  });

export const V1Traces = envelope(V1Trace);
export const V1Names = envelope(z.string());
export const V1Operations = envelope(z.object({ name: z.string(), spanKind: z.string().default("") }));
