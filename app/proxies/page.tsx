import type { Metadata } from "next";
import { Suspense } from "react";

import { PageSkeleton } from "#components/ui/page-skeleton.tsx";

import { ProxiesClient } from "./client.tsx";

export const metadata: Metadata = { title: "Proxies" };

export default function ProxiesPage() {
  return (
    <Suspense fallback={<PageSkeleton title="Proxies" />}>
      <ProxiesClient />
    </Suspense>
  );
}
