import { DatabaseSync } from "node:sqlite";

import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { kindNumber } from "./span-columns.ts";
import { keyOfBytes, type KnownSides, SpanSides } from "./span-sides.ts";
import { recordOf } from "./testing/records.ts";
import { TestStores, write } from "./testing/stores.ts";

const [SERVER, CLIENT, CONSUMER] = [kindNumber("server"), kindNumber("client"), kindNumber("consumer")];
const ID = recordOf({ span: 7 }).spanId;
const KEY = keyOfBytes(ID);

let stores: TestStores;
let db: DatabaseSync;
let sides: SpanSides;

beforeEach(() => {
  stores = new TestStores();
  const store = stores.open();
  write(store, recordOf({ span: 7, kind: "client", service: "caller" }));
  db = new DatabaseSync(store.path, { readOnly: true });
  sides = new SpanSides(db);
});
afterEach(() => {
  db.close();
  stores.clear();
});

function known(part: Partial<KnownSides> = {}): KnownSides {
  return { traceNo: 1, isWhole: false, byId: new Map(), ...part };
}

function kinds(of: KnownSides): number[] {
  const found: number[] = [];
  for (let side = sides.of(of, KEY, ID); side !== null; side = side.next) found.push(side.kind);
  return found;
}

describe("the sides of a span", () => {
  it("are those of the file and those that were added, by kind, each once", () => {
    const trace = known();
    expect(sides.add(trace, KEY, ID, CLIENT, 5)).toBe(false);
    expect([sides.add(trace, KEY, ID, CONSUMER, 5), sides.add(trace, KEY, ID, SERVER, 6), sides.add(trace, KEY, ID, SERVER, 7)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(kinds(trace)).toEqual([SERVER, CLIENT, CONSUMER]);
    expect(sides.of(trace, KEY, ID)?.serviceId).toBe(6);
  });

  it("are none where another trace has the id", () => {
    expect(kinds(known({ traceNo: 2 }))).toEqual([]);
  });

  it("are not looked for in the file where all of the trace is known", () => {
    const trace = known({ isWhole: true });
    expect(kinds(trace)).toEqual([]);
    expect(sides.add(trace, KEY, ID, CLIENT, 5)).toBe(true);
  });
});

describe("the key of an id", () => {
  it.each([8, 16, 5])("is the same for the same %i bytes, and for no others", (length) => {
    // Few different bytes, so that ids often differ in one place, or not at all.
    const id = fc.array(fc.constantFrom(0, 1, 0x7f, 0x80, 0xd8, 0xff), { minLength: length, maxLength: length });
    fc.assert(
      fc.property(id, id, fc.nat(length - 1), (one, two, at) => {
        const near = one.with(at, two[at] ?? 0);
        expect(keyOfBytes(Uint8Array.from(one)) === keyOfBytes(Uint8Array.from(near))).toBe(one[at] === near[at]);
        expect(keyOfBytes(Uint8Array.from([9, ...one]).subarray(1))).toBe(keyOfBytes(Uint8Array.from(one)));
      }),
    );
  });
});
