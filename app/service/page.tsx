import type { Metadata } from "next";
import { Suspense } from "react";

import { PageSkeleton } from "#components/ui/page-skeleton.tsx";

import { ServiceClient } from "./client.tsx";

export const metadata: Metadata = { title: "Service" };

export default function ServicePage() {
  return (
    <Suspense fallback={<PageSkeleton title="Service" />}>
      <ServiceClient />
    </Suspense>
  );
}
