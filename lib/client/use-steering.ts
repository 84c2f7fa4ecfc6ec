import { useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";
import type { z } from "zod";

import type { PlanRequest } from "#lib/contract/requests.ts";
import { Change } from "#lib/model/change.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import { Plan } from "#lib/model/routing.ts";

import { writeApi } from "./api-client.ts";
import { ApiProblem } from "./api-problem.ts";
import { changeQuery, planQuery, sessionQuery } from "./query-options.ts";

/**
 * One write with the session's token. A server that was started anew refuses the old token before it does anything, so a
 * refusal is tried once more with a fresh one.
 */
async function write<Value>(
  client: QueryClient,
  path: string,
  params: Record<string, string>,
  body: unknown,
  value: z.ZodType<Value>,
): Promise<Sourced<Value>> {
  const session = await client.ensureQueryData(sessionQuery());
  try {
    return await writeApi(path, params, body, session.csrfToken, value);
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== "FORBIDDEN") throw error;
    const fresh = await client.fetchQuery({ ...sessionQuery(), staleTime: 0 });
    if (fresh.csrfToken === session.csrfToken) throw error;
    return writeApi(path, params, body, fresh.csrfToken, value);
  }
}

/** Turns a draft into a plan. Nothing is written to the mesh; the answer waits under `/change?plan=<id>`. */
export function useCreatePlan() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: PlanRequest) => write(client, "/api/plans", {}, request, Plan),
    onSuccess: (plan) => client.setQueryData(planQuery(plan.value.id).queryKey, plan),
  });
}

function keepChange(client: QueryClient, change: Sourced<Change>): void {
  client.setQueryData(changeQuery(change.value.id).queryKey, change);
  void client.invalidateQueries({ queryKey: ["changes"] });
}

/** Applies a plan. The answer is the change as asked: whether it became live is told by `/api/change` and the stream. */
export function useApplyPlan() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (planId: string) => write(client, "/api/plans/apply", { id: planId }, undefined, Change),
    onSuccess: (change) => keepChange(client, change),
  });
}

/** Takes a change back by a new, equally guarded change. */
export function useUndoChange() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (changeId: string) => write(client, "/api/changes/undo", { id: changeId }, undefined, Change),
    onSuccess: (change) => keepChange(client, change),
  });
}
