"use client";

import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { useHref } from "#lib/client/use-href.ts";
import { useAt } from "#lib/client/search-params.ts";
import { foreignWords } from "#lib/client/foreign-text.ts";

import { workloadLine } from "../model/posture-words.ts";
import { InspectorSection } from "./inspector-frame.tsx";
import { useSecurity } from "./use-security.ts";

/** What a workload accepts, demands and presents, in one line; nothing where no source tells, and nothing of the past, which nobody keeps. */
export function WorkloadLine({ id, window }: { id: string; window: string }) {
  return useAt() === null ? <LiveWorkloadLine id={id} window={window} /> : null;
}

function LiveWorkloadLine({ id, window }: { id: string; window: string }) {
  const hrefTo = useHref();
  const { report } = useSecurity(window);
  const workload = report?.value.workloads.find((one) => one.id === id);
  if (workload === undefined) return null;
  return (
    <InspectorSection>
      <p className="break-words text-12 text-text-2">
        {foreignWords(workloadLine(workload))}.{" "}
        <EvidenceLink href={hrefTo("/security", { view: "workloads", about: id })} className="whitespace-nowrap text-info-text">
          In security
        </EvidenceLink>
      </p>
    </InspectorSection>
  );
}
