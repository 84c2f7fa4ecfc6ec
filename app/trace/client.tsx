"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { TracePending } from "#components/traces/detail/trace-pending.tsx";
import { askAgainMs } from "#components/traces/detail/traceparent.ts";
import { buildTraceView } from "#components/traces/waterfall/build-trace-view.ts";
import { traceQuery } from "#lib/client/trace-queries.ts";

import { useTraceParams } from "./search-params.ts";
import { TraceWorkspace } from "./workspace.tsx";

export function TraceClient() {
  const { id, source, clock } = useTraceParams();
  const answer = useQuery({
    ...traceQuery(id, source),
    refetchInterval: ({ state }) => askAgainMs(state.data?.value, Date.now()),
  });
  const trace = answer.data?.value;
  const isCorrected = clock !== "told";
  const view = useMemo(() => (trace === undefined ? null : buildTraceView(trace, isCorrected)), [trace, isCorrected]);
  if (view === null || answer.data === undefined) return <TracePending id={id} query={answer} />;
  return <TraceWorkspace key={view.trace.id} view={view} answer={answer.data} error={answer.error} />;
}
