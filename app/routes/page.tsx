import type { Metadata } from "next";
import { Suspense } from "react";

import { PageSkeleton } from "#components/ui/page-skeleton.tsx";

import { RoutesClient } from "./client.tsx";

export const metadata: Metadata = { title: "Routes" };

export default function RoutesPage() {
  return (
    <Suspense fallback={<PageSkeleton title="Routes" />}>
      <RoutesClient />
    </Suspense>
  );
}
