import { InvalidFault } from "../faults/parse.ts";
import { ALWAYS, type Span } from "./edges.ts";

/** Reads the `from` and `to` of a query: ISO 8601 or epoch milliseconds, each optional. */
export function parseSpan(from: string | null, to: string | null): Span {
  const fromMs = from === null ? ALWAYS.fromMs : parseTime("from", from);
  const toMs = to === null ? ALWAYS.toMs : parseTime("to", to);
  if (fromMs > toMs) throw new InvalidFault("from", "It lies after `to`.", "Send a `from` that is not after `to`.");
  return { fromMs, toMs };
}

function parseTime(field: string, text: string): number {
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isFinite(ms)) return ms;
  throw new InvalidFault(field, `${JSON.stringify(text.slice(0, 40))} is not a time.`, "Send ISO 8601 or epoch milliseconds.");
}
