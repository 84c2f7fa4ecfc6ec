import { useMutation, useQueryClient } from "@tanstack/react-query";

import { tracesQuery, type TraceRequest } from "#lib/client/trace-queries.ts";
import { serviceId } from "#lib/model/ids.ts";
import type { Trace, TraceSummary } from "#lib/model/trace.ts";
import { mainRoot, type TraceTree } from "#lib/traces/trace-tree.ts";

import type { TraceView } from "../waterfall/trace-view.ts";
import { nextNormal, ownShape, rankNormal, tellingService, type ServiceName } from "./choose-normal.ts";

const LOOKED_AT = 200;
/** Half of the longest stretch that is looked through: traces of before and after the trace itself. */
const AROUND_MS = 30 * 60_000;
/** A search gives the newest first: one that ends here gives those nearest to the trace. */
const SOON_AFTER_MS = 60_000;

/**
 * Searches for traces like this one, those that are tried together side by side: first nearest before it, then in the
 * whole stretch around it. Each time by the service that tells most, and by the root. Empty = it has no spans.
 */
export function normalRequests(tree: TraceTree, trace: Pick<Trace, "startedAt">, source: string | null): TraceRequest[][] {
  const root = mainRoot(tree);
  if (root === null) return [];
  const startedMs = Date.parse(trace.startedAt);
  const telling = tellingService(tree);
  return [SOON_AFTER_MS, AROUND_MS].map((afterMs) => {
    const stretch = {
      window: "3600s",
      from: new Date(startedMs - AROUND_MS).toISOString(),
      to: new Date(startedMs + afterMs).toISOString(),
      status: "ok",
      source,
    } as const;
    const ofRoot = { ...stretch, service: askedAs(root.resource), operation: root.span.name };
    return telling === null ? [ofRoot] : [{ ...stretch, service: askedAs(telling) }, ofRoot];
  });
}

function askedAs({ service, namespace }: ServiceName): string {
  return namespace === null ? service : serviceId(namespace, service);
}

export interface NormalTrace {
  /** Looks for an ordinary trace like this one, or for the next one. */
  readonly find: () => void;
  readonly isLooking: boolean;
  /** Nothing to compare with was found. */
  readonly isNone: boolean;
  readonly error: unknown;
}

/** One click from a slow or failed trace to an ordinary one of the same root with the same services. */
export function useNormalTrace(view: TraceView, withId: string, source: string | null, onFound: (id: string) => void): NormalTrace {
  const queryClient = useQueryClient();
  const { mutate, isPending, data, error } = useMutation({
    mutationFn: async () => {
      const own = ownShape(view.trace.id, view.tree);
      if (own === null) return null;
      for (const requests of normalRequests(view.tree, view.trace, source)) {
        const answers = await Promise.all(requests.map((request) => queryClient.fetchQuery(tracesQuery(request, LOOKED_AT))));
        const found = new Map<string, TraceSummary>(answers.flatMap(({ value }) => value.items.map((item) => [item.id, item] as const)));
        const next = nextNormal(rankNormal([...found.values()], own), withId === "" ? null : withId);
        if (next !== null) return next;
      }
      return null;
    },
    onSuccess: (found) => {
      if (found !== null) onFound(found.id);
    },
  });
  return { find: () => mutate(), isLooking: isPending, isNone: data === null && !isPending, error };
}
