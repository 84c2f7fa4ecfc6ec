import { type Coverage, type Notice, type Provenance, type Sourced, weakerCoverage } from "#lib/model/evidence.ts";
import type { WeftError } from "#lib/model/errors.ts";

/** The evidence of an answer without its value. */
export type EvidenceOf = Omit<Sourced<unknown>, "value">;

/** Of items of one name the first. */
function distinct<T>(items: readonly T[], nameOf: (item: T) => string): T[] {
  const byName = new Map<string, T>();
  for (const item of items) if (!byName.has(nameOf(item))) byName.set(nameOf(item), item);
  return [...byName.values()];
}

const INSTANTS = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;

/**
 * The fact that a notice tells. Parts of one place (`store`, `store/telemetry`) tell what befell it in the same words, and each as of
 * the instant at which it was asked.
 */
function factOf({ level, code, text, source, mend }: Notice): string {
  return JSON.stringify([level, code, text.replaceAll(INSTANTS, ""), source?.split("/")[0], mend]);
}

/** The evidence of several answers taken together: as weak as the weakest, and what two of them say alike is said once. */
export function joinEvidence(...parts: readonly EvidenceOf[]): EvidenceOf {
  return {
    provenance: distinct(
      parts.flatMap(({ provenance }) => provenance),
      (one: Provenance) => JSON.stringify(one),
    ),
    notices: distinct(
      parts.flatMap(({ notices }) => notices),
      factOf,
    ),
    coverage: parts.reduce<Coverage>((weakest, { coverage }) => weakerCoverage(weakest, coverage), "complete"),
  };
}

/** What the failure of one source leaves of its part of an answer: a notice. */
export function failedEvidence(source: string, { code, message, mend }: WeftError): EvidenceOf {
  return { provenance: [], notices: [{ level: "error", code, text: message, source, mend }], coverage: "partial" };
}
