"use client";

import dynamic from "next/dynamic.js";

import { MapSkeleton } from "#components/map/frame/map-states.tsx";

// The map places its cards by style, which a prerendered page must not hold: it is drawn by the browser alone.
const MapView = dynamic(async () => (await import("#components/map/map-view.tsx")).MapView, {
  ssr: false,
  loading: () => <MapSkeleton />,
});

export function MapClient() {
  return <MapView />;
}
