import type { Metadata } from "next";
import { Suspense } from "react";

import { MapSkeleton } from "#components/map/frame/map-states.tsx";

import { MapClient } from "./map-client.tsx";

export const metadata: Metadata = { title: "Map" };

export default function MapPage() {
  return (
    <Suspense fallback={<MapSkeleton />}>
      <MapClient />
    </Suspense>
  );
}
