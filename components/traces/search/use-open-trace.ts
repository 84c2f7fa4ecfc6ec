import { useRouter } from "next/navigation.js";
import { useCallback } from "react";

import { useHref } from "#lib/client/use-href.ts";
import type { PastedId } from "#lib/traces/pasted-id.ts";

import type { TraceHref } from "./trace-columns.tsx";

export interface OpenTrace {
  hrefOf: TraceHref;
  open: (trace: { id: string }) => void;
  openPasted: (id: PastedId) => void;
}

/** Ways to the page of one trace, asked of the same source. */
export function useOpenTrace(source: string): OpenTrace {
  const router = useRouter();
  const hrefTo = useHref();
  const hrefOf = useCallback<TraceHref>(({ id }) => hrefTo("/trace", { id, source }), [hrefTo, source]);
  return {
    hrefOf,
    open: (trace) => router.push(hrefOf(trace)),
    openPasted: ({ traceId, spanId }) => router.push(hrefTo("/trace", { id: traceId, source, span: spanId })),
  };
}
