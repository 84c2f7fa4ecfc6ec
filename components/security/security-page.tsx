"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { NoticeList } from "#components/ui/notice-list.tsx";
import { Page } from "#components/ui/page-header.tsx";
import { StaleLine } from "#components/ui/problem-state.tsx";
import { cx } from "#components/ui/cx.ts";
import { securityQuery } from "#lib/client/security-queries.ts";
import { showingView, useSecurityParams, type SecurityChange } from "#lib/client/security-search-params.ts";
import { useFind, useView, windowWords } from "#lib/client/search-params.ts";
import { useLastingError } from "#lib/client/use-lasting-error.ts";
import type { SecurityReport, WhatIfScope } from "#lib/model/security.ts";

import { SecurityBody, WHAT_IF_ID } from "./security-body.tsx";
import { SecurityHeader } from "./security-header.tsx";
import { ReportGap, ReportProblem } from "./report-states.tsx";
import { reportGap } from "./report-gap.ts";
import { RowSelectionProvider } from "./row-opener.tsx";
import { ViewBar } from "./view-bar.tsx";
import { proposedScope } from "./what-if-scopes.ts";

/** What is really encrypted, who is really calling, and what would break if it were enforced. */
export function SecurityPage() {
  const [state, onChange] = useSecurityParams();
  const [find, setFind] = useFind();
  const { window, namespaces } = useView();
  const range = { window, namespaces };
  const query = useQuery(securityQuery(range));
  const failure = useLastingError(query);
  const answer = query.data;
  const scope = useProposedScope(answer?.value, state.scope);
  const onClear = (change: SecurityChange) => {
    void setFind(null);
    onChange(change);
  };
  const selection = useMemo(() => ({ selected: state.sel, select: (sel: string | null) => onChange({ sel }) }), [state.sel, onChange]);
  const gap = answer === undefined ? null : reportGap(answer.value, answer.coverage, namespaces.length > 0);
  const isEmpty = gap === "empty" || gap === "filtered";
  return (
    <RowSelectionProvider value={selection}>
      <Page>
        {scope === null || isEmpty || failure !== null || state.view === "certificates" ? null : (
          <a href={`#${WHAT_IF_ID}`} className="skip-link">
            Skip to what if STRICT
          </a>
        )}
        <SecurityHeader answer={answer} window={windowWords(window)} />
        <StaleLine error={answer === undefined ? null : query.error} what="The security report" />
        {failure === null ? null : <ReportProblem error={failure} onRetry={() => void query.refetch()} />}
        {answer === undefined ? null : <ReportGap report={answer.value} coverage={answer.coverage} />}
        {failure !== null || isEmpty ? null : (
          <div
            className={cx("flex flex-col gap-(--gap-panel)", answer?.coverage === "stale" && "grayscale")}
            aria-busy={answer === undefined || query.isPlaceholderData}
          >
            <ViewBar view={state.view} onView={(view) => onChange(showingView(view))} />
            <SecurityBody answer={answer} state={state} find={find} onChange={onChange} onClear={onClear} scope={scope} />
          </div>
        )}
        <NoticeList notices={answer?.notices ?? []} className="panel px-4 py-3" />
      </Page>
    </RowSelectionProvider>
  );
}

/** The scope of the address, else the one that was proposed first: what is proposed must not jump when a caller comes or goes. */
function useProposedScope(report: SecurityReport | undefined, chosen: WhatIfScope | null): WhatIfScope | null {
  const [proposed, setProposed] = useState<WhatIfScope | null>(null);
  if (proposed === null && report !== undefined && report.workloads.length > 0) {
    setProposed(proposedScope(report.workloads));
  }
  return chosen ?? proposed;
}
