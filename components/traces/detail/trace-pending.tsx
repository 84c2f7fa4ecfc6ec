"use client";

import { ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { Page, PageHeader } from "#components/ui/page-header.tsx";
import { ProblemState } from "#components/ui/problem-state.tsx";
import { asProblem } from "#lib/client/api-problem.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useLastingError } from "#lib/client/use-lasting-error.ts";

import { TraceSkeleton } from "./trace-skeleton.tsx";

export interface TracePendingProps {
  id: string;
  query: { data: unknown; error: unknown; refetch: () => unknown };
}

/** The page before there is a trace: loading, not there, not readable, not named. */
export function TracePending({ id, query }: TracePendingProps) {
  const hrefTo = useHref();
  const failure = useLastingError(query);
  if (id !== "" && failure === null) return <TraceSkeleton />;
  const search = <ButtonLink href={hrefTo("/traces")}>Find traces</ButtonLink>;
  const isMissing = failure !== null && asProblem(failure).code === "NOT_FOUND";
  return (
    <Page>
      <PageHeader
        trail={<EvidenceLink href={hrefTo("/traces")}>Traces</EvidenceLink>}
        title={id === "" ? "No trace was named" : <>Trace {id.slice(0, 8)}</>}
      />
      <section className="panel">
        {id === "" ? (
          <EmptyState title="The address lacks the id of a trace" actions={search} />
        ) : (
          <>
            <ProblemState error={failure} what={`Trace ${id.slice(0, 32)}`} onRetry={() => void query.refetch()} />
            {isMissing ? (
              <p className="px-5 pb-3 text-text-2">
                It may have been removed since, because traces are kept for a limited time and size, or its spans have not arrived yet: try
                again in a few seconds.
              </p>
            ) : null}
            <div className="px-5 pb-5">{search}</div>
          </>
        )}
      </section>
    </Page>
  );
}
