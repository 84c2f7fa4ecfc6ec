import type { Sourced } from "#lib/model/evidence.ts";
import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import type { Route } from "#lib/model/routing.ts";
import type { DemandObject, DemandTarget } from "#lib/ports/demand-target.ts";
import type { RoutingTarget } from "#lib/ports/routing-target.ts";
import type { PreparedWrite, WriteTarget } from "#lib/ports/write-target.ts";

import { wordsOf } from "./changes/kind-words.ts";
import type { CallContext, MeshSources } from "./context.ts";

export interface FoundRoute {
  target: RoutingTarget;
  route: Sourced<Route>;
}

export interface FoundDemand {
  target: DemandTarget;
  object: Sourced<DemandObject>;
}

/** The route of an id, and the target that keeps it. Errors: NOT_FOUND, or what the target itself says. */
export async function findRoute(context: CallContext, routeId: string): Promise<Result<FoundRoute>> {
  let failure: { ok: false; error: WeftError } | null = null;
  for (const target of context.sources.routing) {
    const route = await target.route(routeId, context.signal);
    if (route.ok) return ok({ target, route: route.value });
    // One that fails may be the one that keeps it, unless another does.
    if (route.error.code !== "NOT_FOUND") failure ??= route;
  }
  if (failure !== null) return failure;
  return err(new WeftError("NOT_FOUND", `There is no route ${routeId}`, { field: "routeId", mend: "Choose a route from the Routes page" }));
}

/** The object that holds a workload's demand, and the target that keeps it. Errors: NOT_FOUND, or what the target itself says. */
export async function findDemand(context: CallContext, objectId: string): Promise<Result<FoundDemand>> {
  let failure: { ok: false; error: WeftError } | null = null;
  for (const target of context.sources.demands) {
    const objects = await target.objects(context.signal);
    if (!objects.ok) {
      failure ??= objects;
      continue;
    }
    const object = objects.value.value.find((one) => one.id === objectId);
    if (object !== undefined) return ok({ target, object: { ...objects.value, value: object } });
  }
  if (failure !== null) return failure;
  return err(
    new WeftError("NOT_FOUND", `There is no object ${objectId} that a demand can be written to`, {
      field: "objectId",
      mend: "Choose a workload from the Security page",
    }),
  );
}

/** The target that prepared a write. It can be gone when the configuration changed since. */
export function findTarget(sources: Pick<MeshSources, "routing" | "demands">, write: PreparedWrite): Result<WriteTarget> {
  const kind = write.expects.kind === "weights" ? "split" : "demand";
  const targets: readonly WriteTarget[] = kind === "split" ? sources.routing : sources.demands;
  const target = targets.find((one) => one.id === write.targetId);
  if (target !== undefined) return ok(target);
  const noun = wordsOf(kind).target;
  return err(
    new WeftError("SOURCE_UNREACHABLE", `The ${noun} ${write.targetId} is not configured any more`, {
      mend: `Start Weft with the ${noun} that this change was written to`,
    }),
  );
}
