"use client";

import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { ProblemState } from "#components/ui/problem-state.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { asProblem } from "#lib/client/api-problem.ts";
import { asSentence } from "#lib/client/format.ts";
import { useHref } from "#lib/client/use-href.ts";
import type { Coverage } from "#lib/model/evidence.ts";
import type { SecurityReport } from "#lib/model/security.ts";

import { NothingInNamespaces, useNamespaceFilter } from "./namespace-filter.tsx";
import { knowsNoProxy, reportGap } from "./report-gap.ts";

/** The report could not be read, and nothing older is there. */
export function ReportProblem({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const problem = asProblem(error);
  return (
    <section className="panel">
      {problem.code === "FORBIDDEN" ? (
        <EmptyState
          title="You may not read the security report"
          actions={
            <Button isSmall onClick={onRetry}>
              Try again
            </Button>
          }
        >
          <p>{asSentence(problem.message)}</p>
          <p>{asSentence(problem.mend ?? "Ask whoever runs this Weft for the right to read it.")}</p>
        </EmptyState>
      ) : (
        <ProblemState error={error} what="The security report" onRetry={onRetry} />
      )}
    </section>
  );
}

/** What the whole report lacks, above its tables: that nothing is known, that nobody watches, that nothing came yet, that it is old. */
export function ReportGap({ report, coverage }: { report: SecurityReport; coverage: Coverage }) {
  const hrefTo = useHref();
  const { isNarrowed } = useNamespaceFilter();
  const gap = reportGap(report, coverage, isNarrowed);
  if (gap === null) return null;
  if (gap === "filtered") {
    return (
      <section className="panel">
        <NothingInNamespaces what="edge, workload or certificate" />
      </section>
    );
  }
  const sources = <EvidenceLink href={hrefTo("/sources")}>Sources</EvidenceLink>;
  if (gap === "empty") {
    return (
      <section className="panel">
        <EmptyState title="No proxy has told anything of its transport yet">
          Nothing here means that nothing was checked, not that everything is safe. Identities, certificates and policies are read from the
          proxies; see {sources} for those that are configured, and for what keeps them from answering.
        </EmptyState>
      </section>
    );
  }
  return (
    <p role="status" className="rounded-2 bg-unk-bg px-3 py-2 text-12 text-text-2">
      {gap === "stale" ? (
        <>The newest fact in this report is older than three intervals of its source: what it shows may have changed. See {sources}.</>
      ) : null}
      {gap === "unwatched" ? (
        <>
          Nobody watches who calls: the tables show what is declared, and nothing that was seen. {sources} says which proxies could tell of
          their callers, and what to switch on.
        </>
      ) : null}
      {gap === "unnamed" ? (
        <>
          How calls travelled is counted, and nobody tells who called.{" "}
          {knowsNoProxy(report) ? (
            <>No proxy is read here: identities, certificates, refusals and what is demanded are not known. {sources} says what is read.</>
          ) : (
            <>{sources} says which proxies could tell of their callers, and what to switch on.</>
          )}
        </>
      ) : null}
      {gap === "unseen" ? (
        <>
          No call was seen in this window
          {report.observedSince === null ? "" : <>, and callers are watched since {<Moment at={report.observedSince} />}</>}. The tables
          show what is declared; take a longer window in the top bar, or wait for calls.
        </>
      ) : null}
    </p>
  );
}

/** What no configured source can tell. It stands where certificates are looked for, so that its absence is not taken for health. */
export function ControlPlaneHealth() {
  const hrefTo = useHref();
  return (
    <Panel title="Certificates of the control plane">
      <p className="px-4 pb-3 text-12 text-text-2">
        Not known: no configured source tells of them. What stands here are the certificates that proxies hold; whether the authority that
        issues them is well is not among it. <EvidenceLink href={hrefTo("/sources")}>Sources</EvidenceLink> lists what is configured.
      </p>
    </Panel>
  );
}
