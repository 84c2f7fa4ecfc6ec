import type { Metadata } from "next";
import { Suspense } from "react";

import { PageSkeleton } from "#components/ui/page-skeleton.tsx";

import { ChangesClient } from "./client.tsx";

export const metadata: Metadata = { title: "Changes" };

export default function ChangesPage() {
  return (
    <Suspense fallback={<PageSkeleton title="Changes" />}>
      <ChangesClient />
    </Suspense>
  );
}
