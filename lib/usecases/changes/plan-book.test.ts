import { describe, expect, it } from "vitest";

import { createFakeTime } from "#lib/testing/fake-time.ts";
import { openDesk } from "#lib/testing/mesh-desk.ts";

import { type BookedPlan, PLAN_LIFE_MS, PlanBook } from "./plan-book.ts";

async function booked(): Promise<BookedPlan> {
  const desk = openDesk();
  const found = desk.context.desk.plans.find((await desk.plan({ v1: 100, v2: 0 })).id);
  if (!found.ok) throw found.error;
  return found.value;
}

describe("PlanBook", () => {
  it("keeps a plan for its life, and a used one for longer", async () => {
    const one = await booked();
    const time = createFakeTime();
    const book = new PlanBook(time.clock);
    book.keep(one);
    await time.advance(PLAN_LIFE_MS);
    expect(book.find(one.plan.id)).toEqual({ ok: true, value: one });
    await time.advance(1);
    expect(book.find(one.plan.id)).toMatchObject({ ok: false, error: { code: "NOT_FOUND" } });
    one.changeId = "1";
    expect(book.find(one.plan.id).ok).toBe(true);
  });

  it("keeps 500 plans and forgets the oldest", async () => {
    const one = await booked();
    const book = new PlanBook(createFakeTime().clock);
    for (let id = 0; id <= 500; id++) book.keep({ ...one, plan: { ...one.plan, id: `p${id}` } });
    expect([book.find("p0").ok, book.find("p1").ok, book.find("p500").ok]).toEqual([false, true, true]);
  });
});
