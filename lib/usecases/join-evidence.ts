import { type Coverage, type Notice, type Provenance, type Sourced, weakerCoverage } from "#lib/model/evidence.ts";
import type { WeftError } from "#lib/model/errors.ts";

/** The evidence of an answer without its value. */
export type EvidenceOf = Omit<Sourced<unknown>, "value">;

function distinct<T extends Provenance | Notice>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

/** The evidence of several answers taken together: as weak as the weakest, and what two of them say alike is said once. */
export function joinEvidence(...parts: readonly EvidenceOf[]): EvidenceOf {
  return {
    provenance: distinct(parts.flatMap(({ provenance }) => provenance)),
    notices: distinct(parts.flatMap(({ notices }) => notices)),
    coverage: parts.reduce<Coverage>((weakest, { coverage }) => weakerCoverage(weakest, coverage), "complete"),
  };
}

/** What the failure of one source leaves of its part of an answer: a notice. */
export function failedEvidence(source: string, { code, message, mend }: WeftError): EvidenceOf {
  return { provenance: [], notices: [{ level: "error", code, text: message, source, mend }], coverage: "partial" };
}
