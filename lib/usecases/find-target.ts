import type { Sourced } from "#lib/model/evidence.ts";
import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import type { Route } from "#lib/model/routing.ts";
import type { RoutingTarget } from "#lib/ports/routing-target.ts";

import type { CallContext } from "./context.ts";

export interface FoundRoute {
  target: RoutingTarget;
  route: Sourced<Route>;
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

/** The target that prepared a write. It can be gone when the configuration changed since. */
export function findTarget(targets: readonly RoutingTarget[], targetId: string): Result<RoutingTarget> {
  const target = targets.find((one) => one.id === targetId);
  if (target !== undefined) return ok(target);
  return err(
    new WeftError("SOURCE_UNREACHABLE", `The routing target ${targetId} is not configured any more`, {
      mend: "Start Weft with the routing target that this change was written to",
    }),
  );
}
