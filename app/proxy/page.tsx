import type { Metadata } from "next";
import { Suspense } from "react";

import { PageSkeleton } from "#components/ui/page-skeleton.tsx";

import { ProxyClient } from "./client.tsx";

export const metadata: Metadata = { title: "Proxy" };

export default function ProxyPage() {
  return (
    <Suspense fallback={<PageSkeleton title="Proxy" />}>
      <ProxyClient />
    </Suspense>
  );
}
