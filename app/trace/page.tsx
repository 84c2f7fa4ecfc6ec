import type { Metadata } from "next";
import { Suspense } from "react";

import { TraceSkeleton } from "#components/traces/detail/trace-skeleton.tsx";

import { TraceClient } from "./client.tsx";

export const metadata: Metadata = { title: "Trace" };

export default function TracePage() {
  return (
    <Suspense fallback={<TraceSkeleton />}>
      <TraceClient />
    </Suspense>
  );
}
