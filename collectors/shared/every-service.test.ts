import { describe, expect, it } from "vitest";

import { err, ok, WeftError } from "#lib/model/errors.ts";

import { askEach, MOST_SERVICES, tooManyServices } from "./every-service.ts";

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `s${index}`);

describe("askEach", () => {
  it("answers in order, and asks four at once at most", async () => {
    let [open, most] = [0, 0];
    const answer = await askEach(names(10), async (name) => {
      open++;
      most = Math.max(most, open);
      await Promise.resolve();
      open--;
      return ok(name);
    });
    expect(answer).toEqual(ok(names(10)));
    expect(most).toBe(4);
  });

  it("ends with the first error and asks nobody else", async () => {
    const refused = err(new WeftError("SOURCE_REFUSED", "no"));
    const asked: string[] = [];
    const answer = await askEach(names(10), async (name) => {
      asked.push(name);
      return name === "s1" ? refused : ok(name);
    });
    expect(answer).toBe(refused);
    expect(asked).toEqual(names(4));
  });

  it("asks no more than it says", async () => {
    const answer = await askEach(names(MOST_SERVICES + 5), async (name) => ok(name));
    expect(answer.ok && answer.value.length).toBe(MOST_SERVICES);
    expect(tooManyServices("jaeger", names(MOST_SERVICES), "the operations")).toEqual([]);
    expect(tooManyServices("jaeger", names(MOST_SERVICES + 5), "the operations")[0]?.text).toBe(
      "jaeger has 205 services; Weft read the operations of the first 200 by name.",
    );
  });
});
