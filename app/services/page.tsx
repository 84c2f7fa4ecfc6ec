import type { Metadata } from "next";
import { Suspense } from "react";

import { PageSkeleton } from "#components/ui/page-skeleton.tsx";

import { ServicesClient } from "./client.tsx";

export const metadata: Metadata = { title: "Services" };

export default function ServicesPage() {
  return (
    <Suspense fallback={<PageSkeleton title="Services" />}>
      <ServicesClient />
    </Suspense>
  );
}
