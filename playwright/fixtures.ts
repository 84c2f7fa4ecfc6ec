import { expect, test as base } from "@playwright/test";

import { ConsoleApi, until } from "../acceptance/demo-mesh.ts";
import { postureOf, type BuiltPosture } from "../acceptance/listener-proof.ts";
import { endpoints } from "#lib/contract/endpoints.ts";
import type { Change } from "#lib/model/change.ts";
import type { Plan, Route } from "#lib/model/routing.ts";
import type { SecurityReport } from "#lib/model/security.ts";

import { MapPage } from "./pages/map-page.ts";
import { ReviewPage } from "./pages/review-page.ts";
import { SecurityPage } from "./pages/security-page.ts";

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: the journeys run through playwright/demo.ts`);
  return value;
}

/** The mesh from outside the browser: its faults, and the console's API as a second operator would use it. */
export class Mesh {
  readonly url = fromEnvironment("WEFT_URL");
  readonly api = new ConsoleApi(this.url);

  async faults(change: unknown): Promise<void> {
    const response = await fetch(`${fromEnvironment("WEFT_CONTROL_URL")}/faults`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(change),
    });
    expect(response.ok, await response.text()).toBe(true);
  }

  async reviewsRoute(): Promise<Route> {
    const { value } = await this.api.get(endpoints.listRoutes);
    const route = value.items.find((one) => one.host === "reviews");
    if (route === undefined) throw new Error("no reviews route");
    return route;
  }

  /** Sets the split from outside the page, as another operator would, and waits until it is live. */
  async setSplit(v2: number): Promise<string | null> {
    const route = await this.reviewsRoute();
    const [rule] = route.rules;
    if (rule?.legs.find((leg) => leg.version === "v2")?.weight === v2) return null;
    const weights = Object.fromEntries((rule?.legs ?? []).map((leg) => [leg.id, leg.version === "v2" ? v2 : 100 - v2]));
    const planned = await this.api.post(endpoints.createPlan, {}, { routeId: route.id, ruleId: rule?.id, weights });
    expect(planned.status, JSON.stringify(planned.body)).toBe(200);
    const applied = await this.api.post(endpoints.applyPlan, { id: (planned.body as { value: Plan }).value.id });
    expect(applied.status, JSON.stringify(applied.body)).toBe(202);
    const { id } = (applied.body as { value: { id: string } }).value;
    await until("the split to be live", async () =>
      ["live", "observed"].includes((await this.api.get(endpoints.getChange, { id })).value.state),
    );
    return id;
  }

  /** What the demo built, as it says itself. */
  posture(): Promise<BuiltPosture> {
    return postureOf(fromEnvironment("WEFT_CONTROL_URL"));
  }

  async security(window = "60s"): Promise<SecurityReport> {
    return (await this.api.get(endpoints.getSecurity, { window })).value;
  }

  /** Takes back what a journey made strict, and waits until plaintext is let in again; does nothing where nothing is left strict. */
  async undoStrict(): Promise<void> {
    const left = await until(
      "a strict demand that can be undone, or none",
      async () => {
        const { value } = await this.api.get(endpoints.listChanges);
        const strict = value.items.filter(isLeftStrict);
        return strict.every((change) => change.canUndo) ? strict : null;
      },
      60_000,
    );
    for (const { id } of left) {
      const undone = await this.api.post(endpoints.undoChange, { id });
      expect(undone.status, JSON.stringify(undone.body)).toBe(202);
      await until("the undo to be live", async () => (await this.api.get(endpoints.getChange, { id })).value.state === "undone", 60_000);
    }
  }
}

/** Whether a change made a workload strict and is in force, or on its way to be. */
function isLeftStrict(change: Change): boolean {
  const isOver = change.state === "refused" || change.state === "rejected" || change.state === "reverted";
  return change.kind === "demand" && change.after === "strict" && change.undoneBy === null && !isOver;
}

interface Fixtures {
  mesh: Mesh;
  map: MapPage;
  review: ReviewPage;
  security: SecurityPage;
  /** What the browser may complain about beside requests that were refused: a part of the message; empty = nothing. */
  expectedComplaint: string;
}

/** Every journey fails on a console error, a console warning or an uncaught exception, whatever it came to see. */
export const test = base.extend<Fixtures>({
  baseURL: async ({}, use) => {
    await use(fromEnvironment("WEFT_URL"));
  },
  mesh: async ({}, use) => {
    await use(new Mesh());
  },
  expectedComplaint: ["", { option: true }],
  page: async ({ page, expectedComplaint }, use) => {
    const complaints: string[] = [];
    const expected = ["the server responded with a status of 4", "net::ERR_", expectedComplaint].filter((part) => part !== "");
    page.on("console", (message) => {
      const isExpected = expected.some((part) => message.text().includes(part));
      if (["error", "warning"].includes(message.type()) && !isExpected) complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
    await use(page);
    expect(complaints, "the browser's console").toEqual([]);
  },
  map: async ({ page }, use) => {
    await use(new MapPage(page));
  },
  review: async ({ page }, use) => {
    await use(new ReviewPage(page));
  },
  security: async ({ page }, use) => {
    await use(new SecurityPage(page));
  },
});

export { expect };
