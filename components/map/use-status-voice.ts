import { useEffect, useRef } from "react";

import { announcer } from "#lib/client/announcer.ts";
import type { MeshGraph } from "#lib/model/graph.ts";

import { statusesOf, statusSentence } from "./model/status-changes.ts";
import type { Statuses } from "./model/status-changes.ts";

/** Speaks status changes in the page's live region, which keeps its own pace. */
export function useStatusVoice(mesh: MeshGraph | undefined): void {
  const before = useRef<Statuses>(new Map());
  useEffect(() => {
    if (mesh === undefined) return;
    const sentence = statusSentence(before.current, mesh.nodes);
    before.current = statusesOf(mesh.nodes);
    if (sentence !== null) announcer.announce(sentence);
  }, [mesh]);
}
