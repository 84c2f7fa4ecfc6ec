import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { WordQueue } from "./word-queue.ts";

describe("WordQueue", () => {
  it("gives what came first first, through any number of turns and growths", () => {
    const bursts = fc.array(fc.record({ pushed: fc.nat({ max: 1_500 }), taken: fc.nat({ max: 1_500 }) }), { maxLength: 12 });
    fc.assert(
      fc.property(bursts, (list) => {
        const queue = new WordQueue(2);
        let [next, first] = [0, 0];
        for (const { pushed, taken } of list) {
          for (let count = 0; count < pushed; count++, next++) {
            const place = queue.push(next);
            queue.set(place, 0, next);
            queue.set(place, 1, -next);
          }
          for (let count = 0; count < taken && first < next; count++, first++) {
            const dueMs = queue.firstDueMs;
            const place = queue.shift();
            if (dueMs !== first || queue.get(place, 0) !== first || queue.get(place, 1) !== 0 - first) {
              expect([dueMs, queue.get(place, 0), queue.get(place, 1)]).toEqual([first, first, 0 - first]);
            }
          }
          expect(queue.length).toBe(next - first);
        }
        expect(queue.firstDueMs).toBe(first === next ? Number.POSITIVE_INFINITY : first);
      }),
      { numRuns: 50 },
    );
  });
});
