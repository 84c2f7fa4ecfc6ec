import { expect, test as base } from "@playwright/test";

import { ConsoleApi, until } from "../acceptance/demo-mesh.ts";
import { endpoints } from "#lib/contract/endpoints.ts";
import type { Plan, Route } from "#lib/model/routing.ts";

import { MapPage } from "./pages/map-page.ts";
import { ReviewPage } from "./pages/review-page.ts";

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
}

interface Fixtures {
  mesh: Mesh;
  map: MapPage;
  review: ReviewPage;
}

/** Every journey fails on a console error, a console warning or an uncaught exception, whatever it came to see. */
export const test = base.extend<Fixtures>({
  baseURL: async ({}, use) => {
    await use(fromEnvironment("WEFT_URL"));
  },
  mesh: async ({}, use) => {
    await use(new Mesh());
  },
  page: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on("console", (message) => {
      const isExpected = message.text().includes("the server responded with a status of 4") || message.text().includes("net::ERR_");
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
});

export { expect };
