import type { Metadata } from "next";
import { Suspense } from "react";

import { PageSkeleton } from "#components/ui/page-skeleton.tsx";

import { SourcesClient } from "./client.tsx";

export const metadata: Metadata = { title: "Sources" };

export default function SourcesPage() {
  return (
    <Suspense fallback={<PageSkeleton title="Sources" />}>
      <SourcesClient />
    </Suspense>
  );
}
