import { endpoints } from "#lib/contract/endpoints.ts";
import type { SplitChange } from "#lib/model/change.ts";
import type { Route, SplitPlan } from "#lib/model/routing.ts";

import type { ConsoleApi } from "./demo-mesh.ts";

/** The route by which calls of reviews are split. Throws where the console does not know it. */
export async function reviewsRoute(api: ConsoleApi): Promise<Route> {
  const { value } = await api.get(endpoints.listRoutes);
  const route = value.items.find((one) => one.host === "reviews");
  if (route === undefined) throw new Error("no reviews route");
  return route;
}

/** What the console answers when v2 is to get so many percent of the calls, and v1 the others; `plan` where the status is 200. */
export async function planSplit(api: ConsoleApi, v2: number): Promise<{ status: number; plan: SplitPlan; body: unknown }> {
  const route = await reviewsRoute(api);
  const [rule] = route.rules;
  const weights = Object.fromEntries((rule?.legs ?? []).map((leg) => [leg.id, leg.version === "v2" ? v2 : 100 - v2]));
  const { status, body } = await api.post(endpoints.createPlan, {}, { routeId: route.id, ruleId: rule?.id, weights });
  return { status, plan: (body as { value: SplitPlan }).value, body };
}

/** Has a plan done. Throws what was answered where it was not taken. */
export async function applySplit(api: ConsoleApi, planId: string): Promise<SplitChange> {
  const { status, body } = await api.post(endpoints.applyPlan, { id: planId });
  if (status !== 202) throw new Error(`apply answered ${status}: ${JSON.stringify(body)}`);
  return (body as { value: SplitChange }).value;
}
