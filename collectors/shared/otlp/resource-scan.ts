import { RESOURCE_ATTRIBUTES, RESOURCE_DROPPED_ATTRIBUTES } from "./fields.ts";
import { keyAt, NO_KEY, RESOURCE_KEYS, RESOURCE_NOTE, SERVICE_INSTANCE } from "./index-keys.ts";
import type { SpanLimits } from "./limits.ts";
import { AttributeScan, isLonger } from "./value-scan.ts";
import type { WireReader } from "./wire-reader.ts";

/** Room for tags, and for references to entities, which are few and short. */
const OVERHEAD = 2_048;
export const RESOURCE_TAGS = [RESOURCE_ATTRIBUTES, RESOURCE_DROPPED_ATTRIBUTES];

/** One Resource checked, and the attributes found that name its service. */
export class ResourceScan {
  attributes = 0;
  droppedAttributes = 0;
  isOver = false;
  /** Whole attributes, begin and end, by `SERVICE_NAME` and so on; end 0 = not told. */
  readonly services = new Int32Array((SERVICE_INSTANCE + 1) * 2);

  /** Attributes by which Weft said earlier what it left out. */
  private notes = 0;
  private readonly limits: SpanLimits;
  private readonly attribute: AttributeScan;

  constructor(limits: SpanLimits) {
    this.limits = limits;
    this.attribute = new AttributeScan(limits);
  }

  /** Reads a Resource that ends at `end`. Throws INVALID for what is none. */
  resource(reader: WireReader, end: number): void {
    this.attributes = this.droppedAttributes = this.notes = 0;
    this.isOver = false;
    this.services.fill(0);
    let rest = end - reader.at;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === RESOURCE_ATTRIBUTES) {
        const listEnd = reader.lengthEnd(end);
        rest -= listEnd - reader.at + 4;
        this.take(reader, listEnd);
      } else if (tag === RESOURCE_DROPPED_ATTRIBUTES) this.droppedAttributes = reader.varint(end);
      else reader.pass(tag, end, RESOURCE_TAGS);
    }
    if (this.attributes - Math.min(1, this.notes) > this.limits.attributes || rest > OVERHEAD) this.isOver = true;
  }

  private take(reader: WireReader, end: number): void {
    const at = reader.at;
    const { attribute, limits } = this;
    attribute.keyValue(reader, end);
    this.attributes += 1;
    if (attribute.isOver) this.isOver = true;
    const key = keyAt(RESOURCE_KEYS, reader.bytes, attribute.keyAt, attribute.keyEnd);
    if (key === RESOURCE_NOTE) this.notes += 1;
    if (key === NO_KEY || key === RESOURCE_NOTE) return;
    if (isLonger(reader.bytes, attribute.contentAt, attribute.contentEnd, limits.serviceCharacters)) this.isOver = true;
    this.services[key * 2] = at;
    this.services[key * 2 + 1] = end;
  }
}
