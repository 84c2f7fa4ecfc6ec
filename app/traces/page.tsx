import type { Metadata } from "next";
import { Suspense } from "react";

import { PageSkeleton } from "#components/ui/page-skeleton.tsx";

import { TracesClient } from "./client.tsx";

export const metadata: Metadata = { title: "Traces" };

export default function TracesPage() {
  return (
    <Suspense fallback={<PageSkeleton title="Traces" />}>
      <TracesClient />
    </Suspense>
  );
}
