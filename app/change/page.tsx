import type { Metadata } from "next";
import { Suspense } from "react";

import { PageSkeleton } from "#components/ui/page-skeleton.tsx";

import { ChangeClient } from "./client.tsx";

export const metadata: Metadata = { title: "Change review" };

export default function ChangePage() {
  return (
    <Suspense fallback={<PageSkeleton title="Change review" />}>
      <ChangeClient />
    </Suspense>
  );
}
