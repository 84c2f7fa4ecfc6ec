"use client";

import { useSyncExternalStore } from "react";

import { announcer } from "#lib/client/announcer.ts";

/** The page's one polite live region. */
export function LiveRegion() {
  const text = useSyncExternalStore(announcer.subscribe, announcer.getText, () => "");
  return (
    <div role="status" aria-live="polite" className="sr-only">
      {text}
    </div>
  );
}
