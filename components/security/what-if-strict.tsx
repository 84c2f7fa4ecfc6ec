"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { NoticeList } from "#components/ui/notice-list.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { ProblemState, StaleLine } from "#components/ui/problem-state.tsx";
import { SourceBadge } from "#components/ui/source-badge.tsx";
import { VerdictLine } from "#components/ui/verdict-line.tsx";
import { asSentence } from "#lib/client/format.ts";
import { whatIfUrl } from "#lib/client/security-queries.ts";
import { useLastingError } from "#lib/client/use-lasting-error.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { WhatIf, WhatIfScope } from "#lib/model/security.ts";

import { WhatIfCallers } from "./what-if-callers.tsx";
import { WhatIfWorkloads } from "./what-if-workloads.tsx";
import { scopeName } from "./what-if-scopes.ts";

export interface WhatIfStrictProps {
  scope: WhatIfScope;
  query: UseQueryResult<Sourced<WhatIf>>;
  picker: ReactNode;
  /** Why nothing can be written now, as a sentence. */
  refusal: string | null;
  onPlan: (planId: string) => void;
}

/** Who would be refused if plaintext were, from calls that really came, and the way to the review of that change. */
export function WhatIfStrict({ scope, query, picker, refusal, onPlan }: WhatIfStrictProps) {
  const failure = useLastingError(query);
  const answer = query.data;
  return (
    <Panel
      title={`What if ${scopeName(scope)} were STRICT?`}
      badge={picker}
      label="What if STRICT"
      className="min-h-[260px] [&_h2]:whitespace-normal"
    >
      {failure === null ? null : <ProblemState error={failure} what="What would happen" onRetry={() => void query.refetch()} />}
      {failure === null && answer === undefined ? <Waiting /> : null}
      {answer === undefined ? null : (
        <div className="flex flex-1 flex-col">
          <div className="flex flex-col gap-3 px-4 pb-3">
            <StaleLine error={query.error} what="This answer" />
            <VerdictLine>{answer.value.sentence}</VerdictLine>
            <WhatIfCallers answer={answer.value} />
            <p className="text-12 text-text-2">
              {asSentence(answer.value.certainty)} <SourceBadge answer={answer} className="align-baseline" />{" "}
              <a href={whatIfUrl(scope)} download="security-what-if.json" className="evidence">
                JSON<span className="sr-only"> of this answer</span>
              </a>
            </p>
            {/* What only informs stands once, under the page. */}
            <NoticeList notices={answer.notices.filter((notice) => notice.level !== "info")} />
          </div>
          <WhatIfWorkloads workloads={answer.value.workloads} refusal={refusal} onPlan={onPlan} />
        </div>
      )}
    </Panel>
  );
}

function Waiting() {
  return (
    <div className="grid gap-3 px-4 pb-3" aria-busy="true">
      <span className="skeleton h-5 w-3/4">…</span>
      <span className="skeleton h-3 w-full">…</span>
      <span className="skeleton h-3 w-5/6">…</span>
      <span className="skeleton h-3 w-2/3">…</span>
    </div>
  );
}
