import { WeftError } from "#lib/model/errors.ts";

/** Where in a JSON text a value stands, for the sentence that says what is wrong with it. */
export interface Place {
  readonly parent: Place | null;
  readonly step: string | number;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function wrongAt(place: Place | null, what: string): WeftError {
  const path = pathOf(place);
  return new WeftError("INVALID", `The request is not valid: ${path === "" ? "it" : path} ${what}.`, path === "" ? {} : { field: path });
}

function pathOf(place: Place | null): string {
  const steps: string[] = [];
  for (let next = place; next !== null; next = next.parent) {
    steps.push(typeof next.step === "number" ? `[${next.step}]` : next.parent === null ? next.step : `.${next.step}`);
  }
  return steps.toReversed().join("");
}

/** `null` stands for a field that is not there, as everywhere in protobuf's JSON. */
function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

export function objectAt(value: unknown, place: Place | null): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrongAt(place, "must be an object");
  // Just proven; JSON knows no keys but strings.
  return value as JsonObject;
}

/** One object in another; `null` = not there. */
export function childOf(parent: JsonObject, key: string, place: Place | null): { value: JsonObject; place: Place } | null {
  const value = parent[key];
  if (isAbsent(value)) return null;
  const inner = { parent: place, step: key };
  return { value: objectAt(value, inner), place: inner };
}

/** Calls `visit` for each object of a list; a list that is not there is empty. */
export function eachOf(parent: JsonObject, key: string, place: Place | null, visit: (item: JsonObject, place: Place) => void): void {
  const list = parent[key];
  if (isAbsent(list)) return;
  const inner = { parent: place, step: key };
  if (!Array.isArray(list)) throw wrongAt(inner, "must be a list");
  list.forEach((item: unknown, index) => {
    const itemPlace = { parent: inner, step: index };
    visit(objectAt(item, itemPlace), itemPlace);
  });
}

/** Empty = not there. */
export function textOf(parent: JsonObject, key: string, place: Place | null): string {
  const value = parent[key];
  if (isAbsent(value)) return "";
  if (typeof value !== "string") throw wrongAt({ parent: place, step: key }, "must be text");
  return value;
}

const HEX = /^[\da-fA-F]*$/;

/** An id; OTLP writes these in hex, unlike other bytes. */
export function idOf(parent: JsonObject, key: string, place: Place | null): Uint8Array {
  const text = textOf(parent, key, place);
  if (!HEX.test(text) || text.length % 2 !== 0) throw wrongAt({ parent: place, step: key }, "must be bytes in hex digits");
  return Buffer.from(text, "hex");
}

/** A whole number that fits into 32 bits without a sign, such as a count, flags or an enum, which OTLP writes as a number. */
export function countOf(parent: JsonObject, key: string, place: Place | null): number {
  const value = parent[key];
  if (isAbsent(value)) return 0;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > 0xffff_ffff)
    throw wrongAt({ parent: place, step: key }, "must be a whole number from 0 to 4294967295");
  return value;
}

const WHOLE = /^-?\d{1,20}$/;

/** A 64-bit number, as text or as a number. */
export function int64Of(value: unknown, place: Place, isSigned: boolean): bigint {
  const isWhole = typeof value === "string" ? WHOLE.test(value) : typeof value === "number" && Number.isInteger(value);
  const number = isWhole ? BigInt(value as string | number) : null;
  const limited = number === null ? null : isSigned ? BigInt.asIntN(64, number) : BigInt.asUintN(64, number);
  if (limited === null || limited !== number)
    throw wrongAt(place, `must be a whole number of 64 bits${isSigned ? "" : " that is not negative"}`);
  return limited;
}

/** An instant in nanoseconds since the epoch; 0 = not told. */
export function nanosOf(parent: JsonObject, key: string, place: Place | null): bigint {
  const value = parent[key];
  return isAbsent(value) ? 0n : int64Of(value, { parent: place, step: key }, false);
}
