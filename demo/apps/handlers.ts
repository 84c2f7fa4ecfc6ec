import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Instance } from "../mesh/plan.ts";
import { CARD_NETWORK } from "../mesh/services.ts";
import {
  COLD_SESSION_MS,
  COLD_SESSION_SHARE,
  detailedRatingMs,
  DIRECT_READ_SHARE,
  REVIEWS_V2_BUDGET_MS,
  REVIEWS_V2_CALLS,
} from "./behaviour.ts";
import type { RequestContext } from "./context.ts";
import { ratingsCaller, type RatingsCaller } from "./grpc-call.ts";
import type { RatingsHandler } from "./grpc-server.ts";
import { httpCaller } from "./http-call.ts";
import { endure, type Answer, type Handler } from "./http-server.ts";
import { kvCaller } from "./kv.ts";
import { drawPage } from "./pages.ts";
import type { Runtime } from "./runtime.ts";

const GATEWAY_TIMEOUT = 504;
const BAD_GATEWAY = 502;

/** What each HTTP application of the mesh does beside its own work. */
export function handlerFor(runtime: Runtime, app: Instance): Handler {
  switch (app.service) {
    case "frontend":
      return frontend(runtime, app);
    case "catalog":
      return catalog(runtime, app);
    case "cart":
      return cart(runtime, app);
    case "checkout":
      return checkout(runtime, app);
    case "reviews":
      return app.version === "v2" ? reviewsV2(ratingsCaller(runtime, app)) : reviewsV1(ratingsCaller(runtime, app));
    case "payments":
      return payments(runtime, app);
    case "ledger":
      return () => ok({ booked: true });
    default:
      throw new Error(`the demo has no application for ${app.service}`);
  }
}

/** A page lacks what failed; only a checkout that failed is a failed page. */
function frontend(runtime: Runtime, app: Instance): Handler {
  const call = httpCaller(runtime, app);
  return async (context) => {
    const page = drawPage(context.draws);
    const missing: string[] = [];
    for (const host of page.needs) {
      if (!(await call(host, context)).ok) missing.push(host);
    }
    if (missing.includes("checkout")) return { status: BAD_GATEWAY, body: { page: page.name, missing } };
    return ok({ page: page.name, missing });
  };
}

function catalog(runtime: Runtime, app: Instance): Handler {
  const call = httpCaller(runtime, app);
  return async (context) => {
    const withReviews = context.draws() < 0.5;
    const reviewed = withReviews && (await call("reviews", context)).ok;
    return ok({ items: 12, reviewed });
  };
}

function cart(runtime: Runtime, app: Instance): Handler {
  const store = kvCaller(runtime, app);
  return async (context) => {
    const isCold = context.draws() < COLD_SESSION_SHARE;
    context.attributes["cart.session"] = isCold ? "cold" : "warm";
    if (isCold) await sleep(COLD_SESSION_MS);
    const { ok: kept } = await store(`basket-${Math.floor(context.draws() * 5_000)}`, "1", context);
    return ok({ kept });
  };
}

function checkout(runtime: Runtime, app: Instance): Handler {
  const call = httpCaller(runtime, app);
  return async (context) => {
    await call("cart", context);
    // A shortcut past payments that somebody left in. The answer was never needed, so nobody noticed that it is always refused.
    if (context.draws() < DIRECT_READ_SHARE) await call("ledger", context);
    // A few baskets cost nothing once a voucher is taken off.
    if (context.draws() >= 0.95) return ok({ paid: "voucher" });
    const paid = await call("payments", context);
    return paid.ok ? ok({ paid: "card" }) : { status: BAD_GATEWAY, body: { paid: null } };
  };
}

/** A card network that fails is asked again later, by a queue that this demo has not: the customer is told that it is pending. */
function payments(runtime: Runtime, app: Instance): Handler {
  const call = httpCaller(runtime, app);
  return async (context) => {
    const charged = await call(CARD_NETWORK.name, context);
    await call("ledger", context);
    return ok({ state: charged.ok ? "charged" : "pending" });
  };
}

function reviewsV1(rate: RatingsCaller): Handler {
  return async (context) => {
    const rated = await rate({ product: context.draw, detailed: false }, context, 0);
    return ok({ reviews: 7, rated: rated.ok });
  };
}

/**
 * The candidate's flaw: it asks for each star's rating one after the other. When its budget is spent it answers at once, but the call
 * that runs is left to end by itself.
 */
function reviewsV2(rate: RatingsCaller): Handler {
  return async (context) => {
    const budget = AbortSignal.timeout(REVIEWS_V2_BUDGET_MS);
    const spent = once(budget, "abort").then(() => "spent");
    const outcome = await Promise.race([spent, rateAll(rate, context, budget)]);
    return outcome === "spent" ? { status: GATEWAY_TIMEOUT, body: { error: "ratings took too long" } } : ok({ reviews: 7, rated: true });
  };
}

async function rateAll(rate: RatingsCaller, context: RequestContext, budget: AbortSignal): Promise<"rated"> {
  for (let nth = 1; nth <= REVIEWS_V2_CALLS && !budget.aborted; nth += 1) {
    await rate({ product: context.draw, detailed: true }, context, nth);
  }
  return "rated";
}

/** The one gRPC application. */
export function ratingsHandler(runtime: Runtime, app: Instance): RatingsHandler {
  return async ({ detailed }, context) => {
    const failWith = await endure(runtime, app, context, detailed ? detailedRatingMs(context.draws) : undefined);
    return failWith === undefined ? { stars: 4 } : { failWith };
  };
}

function ok(body: unknown): Promise<Answer> {
  return Promise.resolve({ status: 200, body });
}
