import { z } from "zod";

/** Where a value came from: which source, what was asked of it, and when the newest fact in it was seen. */
export const Provenance = z.object({
  source: z.string(),
  kind: z.string(),
  query: z.string(),
  observedAt: z.iso.datetime().nullable(),
  /** What the question cost the source: series it answered with, and milliseconds until the answer was whole. */
  cost: z.object({ series: z.number().int(), ms: z.number() }).optional(),
  /** Page of the source's own where the reader can put the same question. */
  link: z.string().optional(),
});
export type Provenance = z.infer<typeof Provenance>;

/** Something the reader must know about an answer: what is missing or odd, and how to mend it. */
export const Notice = z.object({
  level: z.enum(["info", "warning", "error"]),
  code: z.string(),
  text: z.string(),
  source: z.string().nullable(),
  mend: z.string().nullable(),
});
export type Notice = z.infer<typeof Notice>;

/** `partial`: some parts are missing. `stale`: the newest fact is older than three intervals of its source. */
export const Coverage = z.enum(["complete", "partial", "stale"]);
export type Coverage = z.infer<typeof Coverage>;

/** A value with its evidence. Every read of Weft answers in this envelope. */
export interface Sourced<T> {
  value: T;
  provenance: Provenance[];
  notices: Notice[];
  coverage: Coverage;
}

/** Schema of the envelope around one value's schema. */
export function sourcedSchema<T extends z.ZodType>(value: T) {
  return z.object({
    value,
    provenance: z.array(Provenance),
    notices: z.array(Notice),
    coverage: Coverage,
  });
}

const COVERAGE_ORDER: readonly Coverage[] = ["complete", "partial", "stale"];

/** The weaker of two coverages; `stale` is weaker than `partial`, which is weaker than `complete`. */
export function weakerCoverage(a: Coverage, b: Coverage): Coverage {
  return COVERAGE_ORDER.indexOf(a) >= COVERAGE_ORDER.indexOf(b) ? a : b;
}

/** Keeps a value's evidence while the value itself is turned into another. */
export function mapSourced<T, U>(sourced: Sourced<T>, map: (value: T) => U): Sourced<U> {
  return { ...sourced, value: map(sourced.value) };
}
