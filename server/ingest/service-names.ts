import type { ResourceRecord, SpanRecord } from "#lib/ports/span-store.ts";

/** Stands on the map for every service that came after the bound was reached. */
export const OVERFLOW_SERVICE = "__overflow__";

/** Keeps the number of services that the map must draw and count bounded, whatever senders call themselves. */
export class ServiceNames {
  private readonly limit: number;
  private readonly known = new Set<string>();
  private overflowed = 0;
  /** The last ones asked for: spans of one sender stand together, and a name once known stays known. */
  private sender: ResourceRecord | null = null;
  private isSenderKnown = false;
  private peer: string | null = null;

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
    const isKnown = this.admitSender(record.resource);
    const isPeerKnown = record.peer === null || record.peer === this.peer || this.admitPeer(record.peer);
    if (isKnown && isPeerKnown) return record;
    this.overflowed++;
    return {
      ...record,
      peer: isPeerKnown ? record.peer : OVERFLOW_SERVICE,
      resource: isKnown ? record.resource : { ...record.resource, service: OVERFLOW_SERVICE, namespace: null, version: null },
    };
  }

  private admitSender(sender: ResourceRecord): boolean {
    if (sender === this.sender) return this.isSenderKnown;
    this.sender = sender;
    this.isSenderKnown = this.admit(`${sender.namespace ?? ""}/${sender.service}`);
    return this.isSenderKnown;
  }

  /** A peer is only a name, and it becomes a node of the map like any other. */
  private admitPeer(peer: string): boolean {
    if (!this.admit(`/${peer}`)) return false;
    this.peer = peer;
    return true;
  }

  private admit(name: string): boolean {
    if (this.known.has(name)) return true;
    if (this.known.size >= this.limit) return false;
    this.known.add(name);
    return true;
  }
}
