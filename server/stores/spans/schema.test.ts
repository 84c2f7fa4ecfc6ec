import { DatabaseSync } from "node:sqlite";

import { afterEach, beforeEach, expect, it } from "vitest";

import { manyRecords, recordOf } from "./testing/records.ts";
import { TestStores, write } from "./testing/stores.ts";
import { sumsIn } from "./testing/sums.ts";

let stores: TestStores;

beforeEach(() => void (stores = new TestStores()));
afterEach(() => stores.clear());

/** What the first format had instead. */
const TO_FORMAT_1 = `
  BEGIN;
  ALTER TABLE operation_minutes RENAME TO later;
  CREATE TABLE operation_minutes (
    operation_id INTEGER NOT NULL, minute INTEGER NOT NULL, errors INTEGER NOT NULL, counts BLOB NOT NULL,
    PRIMARY KEY (operation_id, minute)
  ) WITHOUT ROWID;
  INSERT INTO operation_minutes SELECT operation_id, minute, errors, counts FROM later;
  DROP TABLE later;
  PRAGMA user_version = 1;
  COMMIT`;

it("brings a file of the first format up to date, with all its sums", () => {
  const store = stores.open();
  write(store, ...manyRecords(200, (index) => ({ startMs: index * 1_000, isError: index % 3 === 0, service: `s${index % 4}` })));
  const before = sumsIn(store.path).kept;
  store.close();
  const db = new DatabaseSync(store.path);
  db.exec(TO_FORMAT_1);
  db.close();
  const again = stores.open();
  expect(again.stats()).toMatchObject({ spans: 200, damage: null });
  expect(sumsIn(again.path).kept).toEqual(before);
  write(again, recordOf({ trace: 999, startMs: 500 }));
  const { kept, counted } = sumsIn(again.path);
  expect(kept).toEqual(counted);
});
