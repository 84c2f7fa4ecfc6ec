import type { Metadata } from "next";
import { Suspense } from "react";

import { PageSkeleton } from "#components/ui/page-skeleton.tsx";

import { SecurityClient } from "./client.tsx";

export const metadata: Metadata = { title: "Security" };

export default function SecurityRoute() {
  return (
    <Suspense fallback={<PageSkeleton title="Security" />}>
      <SecurityClient />
    </Suspense>
  );
}
