import Link from "next/link.js";

import { EmptyState } from "#components/ui/empty-state.tsx";
import { Page, PageHeader } from "#components/ui/page-header.tsx";

export default function NotFound() {
  return (
    <Page>
      <PageHeader title="There is no page at this address" />
      <section className="panel">
        <EmptyState title="The address leads nowhere">
          <p>
            It may have been cut off when it was copied. The{" "}
            <Link href="/" className="evidence">
              map
            </Link>{" "}
            shows the whole mesh;{" "}
            <Link href="/services" className="evidence">
              Services
            </Link>
            ,{" "}
            <Link href="/routes" className="evidence">
              Routes
            </Link>{" "}
            and{" "}
            <Link href="/changes" className="evidence">
              Changes
            </Link>{" "}
            list what has a page of its own.
          </p>
        </EmptyState>
      </section>
    </Page>
  );
}
