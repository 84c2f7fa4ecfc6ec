import type { FastifyInstance } from "fastify";
import { z } from "zod";

import { endpoints } from "#lib/contract/endpoints.ts";
import { DemandRequest, type PlanRequest, SplitRequest } from "#lib/contract/requests.ts";
import type { Change } from "#lib/model/change.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import { applyPlan } from "#lib/usecases/apply-plan.ts";
import { planDemand } from "#lib/usecases/plan-demand.ts";
import { planSplit } from "#lib/usecases/plan-split.ts";
import { undoChange } from "#lib/usecases/undo-change.ts";

import { bind } from "../http/bind.ts";
import type { Runtime } from "../runtime.ts";

/** A union says of a bad body only that it is neither kind; the one that was meant names the field. */
const PlanBody = z.unknown().transform((body, context): PlanRequest => {
  const isDemand = typeof body === "object" && body !== null && ("objectId" in body || "demand" in body);
  const parsed = (isDemand ? DemandRequest : SplitRequest).safeParse(body);
  if (parsed.success) return parsed.data;
  for (const { message, path } of parsed.error.issues) context.addIssue({ code: "custom", message, path: [...path] });
  return z.NEVER;
});

/** Every write of the API. The guards before them have checked origin, token and read-only mode. */
export function addWrites(app: FastifyInstance, runtime: Runtime): void {
  const { context } = runtime;
  const sourced = (answer: Result<Change>): Result<Sourced<Change>> => {
    if (!answer.ok) return answer;
    const observedAt = new Date(runtime.options.clock.nowMs()).toISOString();
    return ok({
      value: answer.value,
      provenance: [{ source: "weft", kind: "journal", query: "journal of changes", observedAt }],
      notices: [],
      coverage: "complete",
    });
  };
  bind(app, { ...endpoints.createPlan, body: PlanBody }, ({ body }) =>
    "objectId" in body ? planDemand(context, body) : planSplit(context, body),
  );
  bind(app, endpoints.applyPlan, async ({ query }) => sourced(await applyPlan(context, query.id)));
  bind(app, endpoints.undoChange, async ({ query }) => sourced(await undoChange(context, query.id)));
}
