import type { Metadata } from "next";
import { Suspense } from "react";

import { PageSkeleton } from "#components/ui/page-skeleton.tsx";

import { RouteClient } from "./client.tsx";

export const metadata: Metadata = { title: "Route" };

export default function RoutePage() {
  return (
    <Suspense fallback={<PageSkeleton title="Route" />}>
      <RouteClient />
    </Suspense>
  );
}
