"use client";

import { Panel } from "#components/ui/panel.tsx";
import type { WhatIfScope, WorkloadPosture } from "#lib/model/security.ts";

import { CertificateEvents } from "./certificate-events.tsx";
import { EdgesView, type ViewProps } from "./edges-view.tsx";
import { ExpiryTimeline } from "./expiry-timeline.tsx";
import { useNamespaceFilter } from "./namespace-filter.tsx";
import { OpenRow } from "./open-row.tsx";
import { AuthorizationView, CertificateTable, WorkloadTable } from "./other-views.tsx";
import { PlaintextCallers } from "./plaintext-callers.tsx";
import { Lines, RefusalList } from "./refusal-list.tsx";
import { ControlPlaneHealth } from "./report-states.tsx";
import { namespacesWords } from "./security-words.ts";
import { WhatIfPanel } from "./what-if-panel.tsx";

export interface SecurityBodyProps extends ViewProps {
  /** What enforcement is asked about; `null` while nothing is known to ask about. */
  scope: WhatIfScope | null;
}

/** Where the skip link of the page leads. */
export const WHAT_IF_ID = "what-if";

const NO_WORKLOADS: readonly WorkloadPosture[] = [];

/** The chosen table, what stands beside it, and the certificates on their line. */
export function SecurityBody({ scope, ...view }: SecurityBodyProps) {
  const { answer, state, onChange } = view;
  const report = answer?.value;
  const { view: table, about, sel } = state;
  const isOfCertificates = table === "certificates";
  const certificates = report?.certificates.filter((one) => !isOfCertificates || about === "" || one.nodeId === about);
  const timeline = (
    <ExpiryTimeline
      answer={answer}
      certificates={certificates}
      about={isOfCertificates ? about : ""}
      onShowAll={() => onChange({ about: null, sel: null })}
      hasTable={isOfCertificates}
    />
  );
  const onScope = (next: WhatIfScope) => onChange({ scope: next });
  return (
    <>
      {isOfCertificates ? timeline : null}
      <div className="grid items-start gap-(--gap-panel) min-[1360px]:grid-cols-[minmax(0,1fr)_384px]">
        {table === "edges" ? (
          <div className="flex min-w-0 flex-col gap-(--gap-panel)">
            <EdgesView {...view} />
            {timeline}
          </div>
        ) : null}
        {table === "workloads" ? <WorkloadTable {...view} /> : null}
        {isOfCertificates ? <CertificateTable {...view} /> : null}
        {table === "authorization" ? <AuthorizationView {...view} /> : null}
        <div className="flex min-w-0 flex-col gap-(--gap-panel)">
          {report === undefined || sel === null ? null : <OpenRow key={sel} report={report} id={sel} onAsk={onScope} />}
          {isOfCertificates ? (
            <>
              <CertificateEvents events={report?.events} about={about} />
              <ControlPlaneHealth />
            </>
          ) : (
            <>
              <PlaintextCallers answer={answer} />
              {scope === null ? (
                <NothingToAsk isRead={report !== undefined} />
              ) : (
                <div id={WHAT_IF_ID} tabIndex={-1} className="scroll-mt-4 rounded-3 outline-none focus-visible:outline-2">
                  <WhatIfPanel scope={scope} workloads={report?.workloads ?? NO_WORKLOADS} onScope={onScope} />
                </div>
              )}
            </>
          )}
          <RefusalList answer={answer} />
        </div>
      </div>
    </>
  );
}

/** The place of the question while nothing can be asked. */
function NothingToAsk({ isRead }: { isRead: boolean }) {
  const { isNarrowed, namespaces } = useNamespaceFilter();
  return (
    <Panel title="What if it were STRICT?" className="min-h-[260px]">
      {isRead ? (
        <p className="px-4 pb-3 text-12 text-text-2">
          No workload with a proxy is known{isNarrowed ? ` in ${namespacesWords(namespaces)}` : ""}, so there is nothing that could refuse
          plaintext.
        </p>
      ) : (
        <Lines />
      )}
    </Panel>
  );
}
