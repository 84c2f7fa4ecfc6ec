import { newcombeInterval, Z_95 } from "#lib/canary/proportions.ts";
import type { Difference, Trace } from "#lib/model/trace.ts";

/** Which of the two sets a trace belongs to. */
export type Side = "selection" | "rest";

/** A property by name, to leave it out: `service: null` = of the trace as a whole. */
export interface PropertyName {
  service: string | null;
  key: string;
}

/** Bounds of what a counter remembers, whatever comes in. */
const MOST_PROPERTIES = 3_000;
const MOST_VALUES = 100_000;
const LONGEST_VALUE = 200;
/** A property with more values than this, more than half as many as traces that have it, names requests, not kinds of them. */
const MANY_VALUES = 50;
const NEARLY_UNIQUE = 0.5;
/** Values that an answer lists per property. */
const SHOWN_VALUES = 10;

/** They say the same as a service's name, namespace and version, which are counted anyway. */
const SAID_ALREADY = new Set(["service.name", "service.namespace", "service.version"]);

interface Counts {
  inSelection: number;
  inRest: number;
}

interface Property extends PropertyName {
  /** Traces that have it at all. */
  support: number;
  values: Map<string, Counts>;
}

/**
 * Counts in how many traces of a selection, and of the rest, each property has each value. Properties of a trace are its
 * `service`s, its `root operation` and whether any span failed (`error`); of each service its `version`, `operation`,
 * `error` and every attribute of its spans and resource. A trace counts once per value, however many spans say it.
 * Memory is bounded: properties that are different in nearly every trace (ids, instants) are given up when they grow, and
 * what comes first is kept when there is too much of everything. Below the bounds the order of traces does not matter.
 */
export class DifferenceCounter {
  readonly #totals = { selection: 0, rest: 0 };
  readonly #properties = new Map<string, Property>();
  readonly #givenUp = new Set<string>();
  #values = 0;

  /** Traces that were added. */
  get totals(): Readonly<Record<Side, number>> {
    return this.#totals;
  }

  add(trace: Trace, side: Side): void {
    this.#totals[side]++;
    for (const [id, { service, key, values }] of propertiesOf(trace)) {
      if (this.#givenUp.has(id)) continue;
      const property = this.#property(id, service, key);
      if (property === null) continue;
      property.support++;
      for (const value of values) this.#count(id, property, value, side);
    }
  }

  /**
   * Properties by how well they tell the selection from the rest, best first: the largest difference of shares among the
   * values, less its uncertainty (the bound nearer to 0 of Newcombe's 95 % interval). Equally good ones: the one that more
   * traces have first. A property whose difference may be chance scores 0 and is still listed, last.
   */
  rank(limit: number, leaveOut: readonly PropertyName[] = []): Difference[] {
    const hidden = new Set(leaveOut.map(({ service, key }) => propertyId(service, key)));
    return [...this.#properties]
      .filter(([id, property]) => !hidden.has(id) && !isNearlyUnique(property))
      .map(([id, property]) => ({ id, support: property.support, difference: this.#differenceOf(property) }))
      .toSorted((a, b) => b.difference.score - a.difference.score || b.support - a.support || (a.id < b.id ? -1 : Number(a.id > b.id)))
      .slice(0, limit)
      .map(({ difference }) => difference);
  }

  #property(id: string, service: string | null, key: string): Property | null {
    const known = this.#properties.get(id);
    if (known !== undefined) return known;
    if (this.#properties.size >= MOST_PROPERTIES) return null;
    const fresh: Property = { service, key, support: 0, values: new Map() };
    this.#properties.set(id, fresh);
    return fresh;
  }

  #count(id: string, property: Property, value: string, side: Side): void {
    let counts = property.values.get(value);
    if (counts === undefined) {
      if (this.#values >= MOST_VALUES) this.#giveUpUnique();
      if (this.#values >= MOST_VALUES || this.#givenUp.has(id)) return;
      counts = { inSelection: 0, inRest: 0 };
      property.values.set(value, counts);
      this.#values++;
    }
    if (side === "selection") counts.inSelection++;
    else counts.inRest++;
  }

  #giveUpUnique(): void {
    for (const [id, property] of this.#properties) {
      if (!isNearlyUnique(property)) continue;
      this.#properties.delete(id);
      this.#values -= property.values.size;
      // A name that is gone for good costs a little; a sender that invents names without end must not cost more.
      if (this.#givenUp.size < MOST_PROPERTIES) this.#givenUp.add(id);
    }
  }

  #differenceOf({ service, key, values }: Property): Difference {
    const { selection, rest } = this.#totals;
    let score = 0;
    const compared = [...values].map(([value, counts]) => {
      const { low, high } = newcombeInterval(counts.inSelection, selection, counts.inRest, rest, Z_95);
      score = Math.max(score, low, -high);
      const apart = Math.abs(shareOf(counts.inSelection, selection) - shareOf(counts.inRest, rest));
      return { value, ...counts, apart };
    });
    const shown = compared
      .toSorted((a, b) => b.apart - a.apart || b.inSelection + b.inRest - a.inSelection - a.inRest || (a.value < b.value ? -1 : 1))
      .slice(0, SHOWN_VALUES)
      .map(({ value, inSelection, inRest }) => ({ value, inSelection, inRest }));
    return { service, key, values: shown, score };
  }
}

function shareOf(count: number, total: number): number {
  return total === 0 ? 0 : count / total;
}

function isNearlyUnique({ values, support }: Property): boolean {
  return values.size > MANY_VALUES && values.size > NEARLY_UNIQUE * support;
}

function propertyId(service: string | null, key: string): string {
  return service === null ? `\u0000${key}` : `${service}\u0000${key}`;
}

type TraceProperties = Map<string, PropertyName & { values: Set<string> }>;

function propertiesOf(trace: Trace): TraceProperties {
  const properties: TraceProperties = new Map();
  const note = (service: string | null, key: string, value: string): void => {
    const id = propertyId(service, key);
    const known = properties.get(id);
    const kept = value.length <= LONGEST_VALUE ? value : `${value.slice(0, LONGEST_VALUE)}…`;
    if (known === undefined) properties.set(id, { service, key, values: new Set([kept]) });
    else known.values.add(kept);
  };
  const noteAll = (service: string, attributes: readonly { key: string; value: string }[]): void => {
    for (const { key, value } of attributes) if (!SAID_ALREADY.has(key)) note(service, key, value);
  };
  const failed = new Set<string>();
  const met = new Set<string>();
  let isFailed = false;
  const told = new Set<number>();
  for (const span of trace.spans) {
    const resource = trace.resources[span.resource];
    if (resource === undefined) continue;
    const { service } = resource;
    met.add(service);
    if (span.isError) failed.add(service);
    isFailed ||= span.isError;
    note(service, "operation", span.name);
    noteAll(service, span.attributes);
    if (told.has(span.resource)) continue;
    told.add(span.resource);
    if (resource.version !== null) note(service, "version", resource.version);
    noteAll(service, resource.attributes);
  }
  for (const service of met) {
    note(null, "service", service);
    note(service, "error", String(failed.has(service)));
  }
  note(null, "error", String(isFailed));
  const root = rootOf(trace);
  if (root !== null) note(null, "root operation", root);
  return properties;
}

/** Name of the earliest span without a parent, else of the earliest one. */
function rootOf({ spans }: Trace): string | null {
  const roots = spans.filter((span) => span.parentId === null);
  const among = roots.length > 0 ? roots : spans;
  return among.length === 0 ? null : among.reduce((least, span) => (span.startMs < least.startMs ? span : least)).name;
}
