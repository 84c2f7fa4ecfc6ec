import type { Metadata } from "next";
import Link from "next/link.js";

import { EmptyState } from "#components/ui/empty-state.tsx";
import { Page, PageHeader } from "#components/ui/page-header.tsx";

export const metadata: Metadata = { title: "Security" };

export default function SecurityPage() {
  return (
    <Page>
      <PageHeader trail="Security" title="There is no security view of the whole mesh yet" />
      <section className="panel">
        <EmptyState title="The table of identities, callers and policies is not built in this version">
          <p>Nothing here means that nothing was checked, not that everything is safe.</p>
          <p className="mt-2">
            What is already shown:{" "}
            <Link href="/" className="evidence">
              on the map
            </Link>
            , which calls came over mutual TLS and which in plaintext, as observed;{" "}
            <Link href="/services" className="evidence">
              for each service
            </Link>
            , what it demands of its callers; and{" "}
            <Link href="/proxies" className="evidence">
              for each proxy
            </Link>
            , the certificates it holds and when they expire.
          </p>
        </EmptyState>
      </section>
    </Page>
  );
}
