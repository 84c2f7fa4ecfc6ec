"use client";

import { useLastingError } from "#lib/client/use-lasting-error.ts";

import { ButtonLink } from "./button.tsx";
import { EmptyState } from "./empty-state.tsx";
import { EvidenceLink } from "./evidence-link.tsx";
import { Page, PageHeader } from "./page-header.tsx";
import { PageSkeleton } from "./page-skeleton.tsx";
import { ProblemState } from "./problem-state.tsx";

export interface ThingPendingProps {
  /** "service", "route", "proxy". */
  noun: string;
  /** The list that holds them all. */
  list: { href: string; word: string };
  /** Id from the address; empty when it lacks one. */
  id: string;
  /** How the thing is called, from its id alone. */
  name: string;
  query: { data: unknown; error: unknown; refetch: () => unknown };
}

/** The page of one thing before there is anything to show of it: loading, not there, not readable, not named. */
export function ThingPending({ noun, list, id, name, query }: ThingPendingProps) {
  const failure = useLastingError(query);
  if (id !== "" && failure === null) return <PageSkeleton title={name} />;
  const all = <ButtonLink href={list.href}>All {list.word.toLowerCase()}</ButtonLink>;
  return (
    <Page>
      <PageHeader trail={<EvidenceLink href={list.href}>{list.word}</EvidenceLink>} title={id === "" ? `No ${noun} was named` : name} />
      <section className="panel">
        {id === "" ? (
          <EmptyState title={`The address lacks the id of a ${noun}`} actions={all} />
        ) : (
          <>
            <ProblemState error={failure} what={`The ${noun} ${id}`} onRetry={() => void query.refetch()} />
            <div className="px-5 pb-5">{all}</div>
          </>
        )}
      </section>
    </Page>
  );
}
