"use client";

import { ProblemState } from "#components/ui/problem-state.tsx";
import { Page, PageHeader } from "#components/ui/page-header.tsx";

export default function ErrorPage({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <Page>
      <PageHeader title="This page broke" />
      <section className="panel">
        <ProblemState error={error} what="The page" onRetry={reset} />
      </section>
    </Page>
  );
}
