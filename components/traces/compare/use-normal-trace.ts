import { useMutation, useQueryClient } from "@tanstack/react-query";

import { tracesQuery, type TraceRequest } from "#lib/client/trace-queries.ts";
import { serviceId } from "#lib/model/ids.ts";
import type { Trace } from "#lib/model/trace.ts";
import { mainRoot, type TraceTree } from "#lib/traces/trace-tree.ts";

import type { TraceView } from "../waterfall/trace-view.ts";
import { nextNormal, rankNormal } from "./choose-normal.ts";

const LOOKED_AT = 200;
/** Half of the longest stretch that is looked through: traces of before and after the trace itself. */
const AROUND_MS = 30 * 60_000;

/** Where to look for traces like this one: the same root, around the same time. `null` = it has no spans. */
export function normalRequest(tree: TraceTree, trace: Pick<Trace, "startedAt">, source: string | null): TraceRequest | null {
  const root = mainRoot(tree);
  if (root === null) return null;
  const { service, namespace } = root.resource;
  const startedMs = Date.parse(trace.startedAt);
  return {
    window: "3600s",
    from: new Date(startedMs - AROUND_MS).toISOString(),
    to: new Date(startedMs + AROUND_MS).toISOString(),
    service: namespace === null ? service : serviceId(namespace, service),
    operation: root.span.name,
    status: "ok",
    source,
  };
}

export interface NormalTrace {
  /** Looks for an ordinary trace of the same root, or for the next one. */
  readonly find: () => void;
  readonly isLooking: boolean;
  /** Nothing to compare with was found. */
  readonly isNone: boolean;
  readonly error: unknown;
}

/** One click from a slow or failed trace to an ordinary one of the same root. */
export function useNormalTrace(view: TraceView, withId: string, source: string | null, onFound: (id: string) => void): NormalTrace {
  const queryClient = useQueryClient();
  const request = normalRequest(view.tree, view.trace, source);
  const root = mainRoot(view.tree);
  const { mutate, isPending, data, error } = useMutation({
    mutationFn: async () => {
      if (request === null || root === null) return null;
      const answer = await queryClient.fetchQuery(tracesQuery(request, LOOKED_AT));
      const own = { id: view.trace.id, service: root.resource.service, operation: root.span.name };
      return nextNormal(rankNormal(answer.value.items, own), withId === "" ? null : withId);
    },
    onSuccess: (found) => {
      if (found !== null) onFound(found.id);
    },
  });
  return { find: () => mutate(), isLooking: isPending, isNone: data === null && !isPending, error };
}
