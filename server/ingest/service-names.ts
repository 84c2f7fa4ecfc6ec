import type { SpanRecord } from "#lib/ports/span-store.ts";

/** Stands on the map for every service that came after the bound was reached. */
export const OVERFLOW_SERVICE = "__overflow__";

/** Keeps the number of services that the map must draw and count bounded, whatever senders call themselves. */
export class ServiceNames {
  private readonly limit: number;
  private readonly known = new Set<string>();
  private overflowed = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get size(): number {
    return this.known.size;
  }

  /** Spans that were counted under `OVERFLOW_SERVICE`. */
  get overflow(): number {
    return this.overflowed;
  }

  /** The record as it shall be counted. What is stored stays as it was sent. */
  bound(record: SpanRecord): SpanRecord {
    const { service, namespace } = record.resource;
    const isKnown = this.admit(`${namespace ?? ""}/${service}`);
    // A peer is only a name, and it becomes a node of the map like any other.
    const isPeerKnown = record.peer === null || this.admit(`/${record.peer}`);
    if (isKnown && isPeerKnown) return record;
    this.overflowed++;
    return {
      ...record,
      peer: isPeerKnown ? record.peer : OVERFLOW_SERVICE,
      resource: isKnown ? record.resource : { ...record.resource, service: OVERFLOW_SERVICE, namespace: null, version: null },
    };
  }

  private admit(name: string): boolean {
    if (this.known.has(name)) return true;
    if (this.known.size >= this.limit) return false;
    this.known.add(name);
    return true;
  }
}
