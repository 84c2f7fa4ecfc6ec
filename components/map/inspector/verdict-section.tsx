import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { VerdictLine } from "#components/ui/verdict-line.tsx";
import { formatClock, formatCount, formatPercent } from "#lib/client/format.ts";
import type { MeshNode } from "#lib/model/graph.ts";
import type { Verdict } from "#lib/model/verdict.ts";

import { nodeName } from "../model/names.ts";
import { InspectorSection } from "./inspector-frame.tsx";

export interface VerdictSectionProps {
  node: MeshNode;
  /** `undefined` until the service's page was read. */
  verdicts: readonly Verdict[] | undefined;
  /** Where the counts are shown in full. */
  href: string;
}

const WORDS_FIRST = ["very-likely", "likely", "no-difference", "too-few"] as const;

/** The judgement on the versions with the counts it stands on; where there is nothing to compare, the service's own state. */
export function VerdictSection({ node, verdicts, href }: VerdictSectionProps) {
  const shown = (verdicts ?? []).toSorted((a, b) => WORDS_FIRST.indexOf(a.word) - WORDS_FIRST.indexOf(b.word));
  return (
    <InspectorSection className="grid min-h-[84px] gap-3">
      {shown.length === 0 ? (
        <VerdictLine evidence={ownEvidence(node)}>{ownSentence(node)}</VerdictLine>
      ) : (
        shown.map((verdict) => (
          <VerdictLine key={verdict.candidate} evidence={<VerdictEvidence verdict={verdict} href={href} />}>
            {verdict.sentence}
          </VerdictLine>
        ))
      )}
    </InspectorSection>
  );
}

function VerdictEvidence({ verdict, href }: { verdict: Verdict; href: string }) {
  const { candidate, baseline, difference } = verdict.errors;
  return (
    <>
      <EvidenceLink href={href}>
        {formatCount(candidate.errors)} of {formatCount(candidate.n)}
      </EvidenceLink>{" "}
      against{" "}
      <EvidenceLink href={href}>
        {formatCount(baseline.errors)} of {formatCount(baseline.n)}
      </EvidenceLink>
      , since {formatClock(verdict.from)}.
      {difference === null
        ? null
        : ` Difference ${points(difference.value)} points, 95 % range ${points(difference.low)} to ${points(difference.high)}.`}
    </>
  );
}

function points(ratio: number): string {
  return (ratio * 100).toFixed(1).replace("-", "\u2212");
}

function ownSentence(node: MeshNode): string {
  const { status, reasons } = node.health;
  if (reasons[0] !== undefined) return reasons[0];
  const { errorRatio } = node.red;
  if (errorRatio === null) return status === "unknown" ? "Nothing is known of its health" : `${nodeName(node)} is ${status}`;
  return errorRatio === 0 ? "No call failed in this window" : `${formatPercent(errorRatio)} of the calls failed`;
}

function ownEvidence(node: MeshNode): string | undefined {
  const { count, errorCount } = node.red;
  const further = node.health.reasons.slice(1);
  if (count === null || errorCount === null) return further.length === 0 ? undefined : `${further.join(". ")}.`;
  return [`${formatCount(errorCount)} of ${formatCount(count)} calls`, ...further].join(". ").concat(".");
}
