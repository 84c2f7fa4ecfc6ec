import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import type { Plan } from "#lib/model/routing.ts";
import type { Clock } from "#lib/ports/time.ts";
import type { PreparedWrite } from "#lib/ports/write-target.ts";

import { wordsOf } from "./kind-words.ts";

/** How long a plan can be applied after it was made. */
export const PLAN_LIFE_MS = 15 * 60_000;
/** Plans kept at once; the oldest goes first. */
const MOST_PLANS = 500;

/** From when to when a plan that is made now can be applied. */
export function planLife(nowMs: number): Pick<Plan, "createdAt" | "expiresAt"> {
  return { createdAt: new Date(nowMs).toISOString(), expiresAt: new Date(nowMs + PLAN_LIFE_MS).toISOString() };
}

/** A plan with what its apply needs. */
export interface BookedPlan {
  plan: Plan;
  write: PreparedWrite;
  settleMs: number;
  /** The change that applied it; applying twice answers the same change. */
  changeId: string | null;
}

/** Plans in memory: they are bound to a revision and worth nothing after a restart. */
export class PlanBook {
  private readonly plans = new Map<string, BookedPlan>();
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  keep(booked: BookedPlan): void {
    this.plans.set(booked.plan.id, booked);
    while (this.plans.size > MOST_PLANS) {
      const oldest = this.plans.keys().next();
      if (oldest.done === true) return;
      this.plans.delete(oldest.value);
    }
  }

  /** Errors: NOT_FOUND when it was never made here, or its time is over. */
  find(planId: string): Result<BookedPlan> {
    const booked = this.plans.get(planId);
    const isOver = booked !== undefined && Date.parse(booked.plan.expiresAt) < this.clock.nowMs();
    if (booked === undefined || (isOver && booked.changeId === null)) {
      return err(
        new WeftError("NOT_FOUND", `There is no plan ${planId}: plans live for 15 minutes and not over a restart`, {
          field: "id",
          mend: `Make the plan again${booked === undefined ? "" : ` from ${wordsOf(booked.plan.kind).place}`}, and review it`,
        }),
      );
    }
    return ok(booked);
  }
}
