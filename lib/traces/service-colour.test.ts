import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { SERVICE_COLOURS, serviceColour } from "./service-colour.ts";

describe("serviceColour", () => {
  it("is one of the colours, for any name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (service) => {
        const colour = serviceColour(service);
        expect(Number.isInteger(colour) && colour >= 1 && colour <= SERVICE_COLOURS).toBe(true);
      }),
    );
  });

  it("never changes: bookmarked pictures keep their colours", () => {
    expect(["frontend", "catalog", "reviews", "ratings", ""].map(serviceColour)).toMatchInlineSnapshot(`
      [
        5,
        7,
        8,
        6,
        2,
      ]
    `);
  });

  it("uses every colour about equally", () => {
    const counts = Map.groupBy(
      Array.from({ length: 8_000 }, (_, index) => `service-${index}`),
      serviceColour,
    );
    expect(counts.size).toBe(SERVICE_COLOURS);
    for (const names of counts.values()) expect(names.length).toBeGreaterThan(700);
  });
});
