import { CERTIFICATE_STATES } from "../certificates/leaves.ts";
import { isGrpc, resolveApp, type FaultNames } from "./names.ts";
import type { DelayFault, ErrorFault, FaultsPatch } from "./state.ts";

/** Why a request was refused: which field, what is wrong with it, and what would be right. */
export class InvalidFault extends Error {
  override readonly name = "InvalidFault";
  readonly field: string;
  readonly mend: string;

  constructor(field: string, detail: string, mend: string) {
    super(detail);
    this.field = field;
    this.mend = mend;
  }
}

const MAX_RPS = 500;
const MAX_DELAY_MS = 60_000;

/** Reads a partial update, or throws InvalidFault; nothing is applied here, so that a bad part never leaves a good part behind. */
export function parseFaults(input: unknown, names: FaultNames): FaultsPatch {
  const body = object("body", input, "Send a JSON object.");
  const read: { readonly [K in keyof Required<FaultsPatch>]: (value: unknown) => FaultsPatch[K] } = {
    load: (value) => oneOf("load", value, ["running", "paused"] as const),
    rps: (value) => number("rps", value, 0.1, MAX_RPS),
    errors: (value) => settings("errors", value, names.answering, errorFault),
    delays: (value) => settings("delays", value, names.answering, delayFault),
    proxies: (value) =>
      named("proxies", value, names.proxies, (field, state) => oneOf(field, state, ["running", "killed", "frozen"] as const)),
    apps: (value) => settings("apps", value, names.apps, (field, state) => oneOf(field, state, ["running", "stopped"] as const)),
    partition: (value) => named("partition", value, names.proxies, boolean),
    certificates: (value) => named("certificates", value, names.services, (field, state) => oneOf(field, state, CERTIFICATE_STATES)),
    plaintextCaller: (value) => boolean("plaintextCaller", value),
    secondPlaintextCaller: (value) => boolean("secondPlaintextCaller", value),
    wrongSanCaller: (value) => boolean("wrongSanCaller", value),
  };
  const patch: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(body)) {
    if (!isKey(read, field))
      throw new InvalidFault(field, `There is no fault named ${quoted(field)}.`, `Known: ${Object.keys(read).join(", ")}.`);
    patch[field] = read[field](value);
  }
  return patch;
}

function isKey<T extends object>(of: T, key: string): key is Extract<keyof T, string> {
  return Object.hasOwn(of, key);
}

/** Settings by application: `reviews` stands for all its versions. */
function settings<T>(
  field: string,
  value: unknown,
  known: readonly string[],
  parse: (field: string, value: unknown, name: string) => T,
): Record<string, T> {
  const result: Record<string, T> = {};
  for (const [name, setting] of Object.entries(object(field, value, "Send an object by application."))) {
    const keys = resolveApp(name, known);
    if (keys.length === 0) throw unknownName(`${field}.${name}`, name, known);
    for (const key of keys) result[key] = parse(`${field}.${name}`, setting, key);
  }
  return result;
}

function named<T>(field: string, value: unknown, known: readonly string[], parse: (field: string, value: unknown) => T): Record<string, T> {
  const entries = Object.entries(object(field, value, "Send an object by name."));
  return Object.fromEntries(
    entries.map(([name, setting]) => {
      if (!known.includes(name)) throw unknownName(`${field}.${name}`, name, known);
      return [name, parse(`${field}.${name}`, setting)];
    }),
  );
}

function errorFault(field: string, value: unknown, name: string): ErrorFault | null {
  if (value === null) return null;
  const grpc = isGrpc(name);
  const { rate, status = grpc ? 14 : 500 } = members(field, value, ["rate", "status"]);
  const parsedRate = number(`${field}.rate`, rate, 0, 1);
  const parsedStatus = grpc ? integer(`${field}.status`, status, 1, 16) : integer(`${field}.status`, status, 400, 599);
  return parsedRate === 0 ? null : { rate: parsedRate, status: parsedStatus };
}

function delayFault(field: string, value: unknown): DelayFault | null {
  if (value === null) return null;
  const { ms, share = 1 } = members(field, value, ["ms", "share"]);
  const parsed = { ms: number(`${field}.ms`, ms, 0, MAX_DELAY_MS), share: number(`${field}.share`, share, 0, 1) };
  return parsed.ms === 0 || parsed.share === 0 ? null : parsed;
}

function members<K extends string>(field: string, value: unknown, known: readonly K[]): Partial<Record<K, unknown>> {
  const shape = `Send { ${known.join(", ")} }, or null to take it away.`;
  const given = object(field, value, shape);
  const stranger = Object.keys(given).find((key) => !known.some((name) => name === key));
  if (stranger !== undefined) throw new InvalidFault(`${field}.${stranger}`, `${quoted(stranger)} is not part of it.`, shape);
  const result: Partial<Record<K, unknown>> = {};
  for (const name of known) result[name] = given[name];
  return result;
}

function object(field: string, value: unknown, mend: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new InvalidFault(field, "It is not an object.", mend);
  return Object.fromEntries(Object.entries(value));
}

function number(field: string, value: unknown, low: number, high: number): number {
  if (typeof value === "number" && value >= low && value <= high) return value;
  throw new InvalidFault(field, `${quoted(value)} is not a number from ${low} to ${high}.`, `Send a number from ${low} to ${high}.`);
}

function integer(field: string, value: unknown, low: number, high: number): number {
  const parsed = number(field, value, low, high);
  if (Number.isInteger(parsed)) return parsed;
  throw new InvalidFault(field, `${parsed} is not a whole number.`, `Send a whole number from ${low} to ${high}.`);
}

function boolean(field: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new InvalidFault(field, `${quoted(value)} is neither true nor false.`, "Send true or false.");
}

function oneOf<T extends string>(field: string, value: unknown, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  throw new InvalidFault(field, `${quoted(value)} is not possible here.`, `Send one of: ${choices.join(", ")}.`);
}

function unknownName(field: string, name: string, known: readonly string[]): InvalidFault {
  return new InvalidFault(field, `The demo has no ${quoted(name)}.`, `Known: ${known.join(", ")}.`);
}

/** Short and on one line, whatever was sent. */
function quoted(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 80);
}
