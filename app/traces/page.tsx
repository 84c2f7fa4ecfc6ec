import type { Metadata } from "next";
import Link from "next/link.js";

import { EmptyState } from "#components/ui/empty-state.tsx";
import { Page, PageHeader } from "#components/ui/page-header.tsx";

export const metadata: Metadata = { title: "Traces" };

export default function TracesPage() {
  return (
    <Page>
      <PageHeader trail="Traces" title="Weft does not read traces yet" />
      <section className="panel">
        <EmptyState title="No source of traces can be connected in this version">
          <p>There is no waterfall, no search for a trace, and no link from a number to the calls behind it.</p>
          <p className="mt-2">
            What works without traces:{" "}
            <Link href="/" className="evidence">
              rates, errors and durations on the map
            </Link>
            ,{" "}
            <Link href="/services" className="evidence">
              the comparison of versions of a service
            </Link>
            , and{" "}
            <Link href="/routes" className="evidence">
              moving traffic between them
            </Link>
            . All of these count every request at the proxies.
          </p>
        </EmptyState>
      </section>
    </Page>
  );
}
