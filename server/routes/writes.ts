import type { FastifyInstance } from "fastify";

import { endpoints } from "#lib/contract/endpoints.ts";
import type { Change } from "#lib/model/change.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import { applyPlan } from "#lib/usecases/apply-plan.ts";
import { planSplit } from "#lib/usecases/plan-split.ts";
import { undoChange } from "#lib/usecases/undo-change.ts";

import { bind } from "../http/bind.ts";
import type { Runtime } from "../runtime.ts";

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
  bind(app, endpoints.createPlan, ({ body }) => planSplit(context, body));
  bind(app, endpoints.applyPlan, async ({ query }) => sourced(await applyPlan(context, query.id)));
  bind(app, endpoints.undoChange, async ({ query }) => sourced(await undoChange(context, query.id)));
}
