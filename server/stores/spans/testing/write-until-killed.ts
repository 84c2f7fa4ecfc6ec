import { openSpanStore } from "../span-store.ts";
import { manyRecords } from "./records.ts";

/** Run as a process of its own: writes batches and tells the number of each one that was acknowledged, until it is killed. */
const [, , dir = "", batch = "20"] = process.argv;
const store = openSpanStore({ dir, maxBytes: Number.MAX_SAFE_INTEGER, maxAgeMs: Number.MAX_SAFE_INTEGER, isDurable: true });
for (let number = 0; ; number++) {
  const size = Number(batch);
  const written = store.write(manyRecords(size, (index) => ({ trace: number * size + index + 1 })));
  if (!written.ok) throw written.error;
  process.stdout.write(`${number}\n`);
}
