import {
  EVENT_ATTRIBUTES,
  EVENT_DROPPED_ATTRIBUTES,
  EVENT_NAME,
  EVENT_TIME,
  LINK_ATTRIBUTES,
  LINK_DROPPED_ATTRIBUTES,
  LINK_FLAGS,
  LINK_SPAN_ID,
  LINK_TRACE_ID,
  LINK_TRACE_STATE,
  SPAN_ATTRIBUTES,
  SPAN_DROPPED_ATTRIBUTES,
  SPAN_DROPPED_EVENTS,
  SPAN_DROPPED_LINKS,
  SPAN_END,
  SPAN_EVENTS,
  SPAN_FLAGS,
  SPAN_KIND,
  SPAN_LINKS,
  SPAN_NAME,
  SPAN_PARENT_ID,
  SPAN_SPAN_ID,
  SPAN_START,
  SPAN_STATUS,
  SPAN_TRACE_ID,
  SPAN_TRACE_STATE,
  STATUS_CODE,
  STATUS_MESSAGE,
} from "./fields.ts";
import { IndexScan } from "./index-scan.ts";
import type { SpanLimits } from "./limits.ts";
import { AttributeScan, isLonger } from "./value-scan.ts";
import type { WireReader } from "./wire-reader.ts";

const SPAN_TAGS = [
  SPAN_TRACE_ID,
  SPAN_SPAN_ID,
  SPAN_TRACE_STATE,
  SPAN_PARENT_ID,
  SPAN_NAME,
  SPAN_KIND,
  SPAN_START,
  SPAN_END,
  SPAN_ATTRIBUTES,
  SPAN_DROPPED_ATTRIBUTES,
  SPAN_EVENTS,
  SPAN_DROPPED_EVENTS,
  SPAN_LINKS,
  SPAN_DROPPED_LINKS,
  SPAN_STATUS,
  SPAN_FLAGS,
];
const STATUS_TAGS = [STATUS_MESSAGE, STATUS_CODE];
const EVENT_TAGS = [EVENT_TIME, EVENT_NAME, EVENT_ATTRIBUTES, EVENT_DROPPED_ATTRIBUTES];
const LINK_TAGS = [LINK_TRACE_ID, LINK_SPAN_ID, LINK_TRACE_STATE, LINK_ATTRIBUTES, LINK_DROPPED_ATTRIBUTES, LINK_FLAGS];

/** Room for tags, ids and numbers beside the texts of a span or event. */
const OVERHEAD = 256;

/**
 * One span checked and its index fields found, nothing decoded that they do not need. Texts are offsets into the bytes of
 * the reader. One object serves for many spans.
 */
export class SpanScan {
  traceIdAt = 0;
  traceIdEnd = 0;
  spanIdAt = 0;
  spanIdEnd = 0;
  parentAt = 0;
  parentEnd = 0;
  nameAt = 0;
  nameEnd = 0;
  stateAt = 0;
  stateEnd = 0;
  messageAt = 0;
  messageEnd = 0;
  kindCode = 0;
  statusCode = 0;
  /** Offsets of the eight bytes, -1 = not told, which means 0. */
  startAt = -1;
  endAt = -1;
  flags = 0;
  attributes = 0;
  droppedAttributes = 0;
  events = 0;
  droppedEvents = 0;
  links = 0;
  droppedLinks = 0;
  /** Something is over a limit; `cutSpan` makes a body that is not. */
  isOver = false;

  readonly index = new IndexScan();
  private readonly attribute: AttributeScan;
  private readonly limits: SpanLimits;
  constructor(limits: SpanLimits) {
    this.limits = limits;
    this.attribute = new AttributeScan(limits);
  }

  private reset(): void {
    this.traceIdAt = this.traceIdEnd = this.spanIdAt = this.spanIdEnd = this.parentAt = this.parentEnd = 0;
    this.nameAt = this.nameEnd = this.stateAt = this.stateEnd = this.messageAt = this.messageEnd = 0;
    this.kindCode = this.statusCode = this.flags = 0;
    this.startAt = this.endAt = -1;
    this.attributes = this.droppedAttributes = this.events = this.droppedEvents = this.links = this.droppedLinks = 0;
    this.isOver = false;
    this.index.reset();
  }

  /** Reads a Span that ends at `end`. Throws INVALID for what is none. */
  span(reader: WireReader, end: number): void {
    this.reset();
    let lists = 0;
    const start = reader.at;
    while (reader.at < end) {
      const tag = reader.tag(end);
      switch (tag) {
        case SPAN_ATTRIBUTES: {
          const listEnd = reader.lengthEnd(end);
          lists += listEnd - reader.at + 4;
          this.attributes += 1;
          this.attribute.keyValue(reader, listEnd);
          if (this.attribute.isOver) this.isOver = true;
          this.index.take(this.attribute, reader.bytes);
          break;
        }
        case SPAN_TRACE_ID:
          this.traceIdEnd = reader.lengthEnd(end);
          this.traceIdAt = reader.at;
          reader.at = this.traceIdEnd;
          break;
        case SPAN_SPAN_ID:
          this.spanIdEnd = reader.lengthEnd(end);
          this.spanIdAt = reader.at;
          reader.at = this.spanIdEnd;
          break;
        case SPAN_PARENT_ID:
          this.parentEnd = reader.lengthEnd(end);
          this.parentAt = reader.at;
          reader.at = this.parentEnd;
          break;
        case SPAN_NAME:
          this.nameEnd = reader.lengthEnd(end);
          this.nameAt = reader.at;
          reader.at = this.nameEnd;
          break;
        case SPAN_KIND:
          this.kindCode = reader.varint(end);
          break;
        case SPAN_START:
          this.startAt = reader.fixed(8, end);
          break;
        case SPAN_END:
          this.endAt = reader.fixed(8, end);
          break;
        case SPAN_STATUS:
          this.status(reader, reader.lengthEnd(end));
          break;
        case SPAN_FLAGS:
          this.flags = reader.fixed32(end);
          break;
        case SPAN_TRACE_STATE:
          this.stateEnd = reader.lengthEnd(end);
          this.stateAt = reader.at;
          reader.at = this.stateEnd;
          break;
        case SPAN_EVENTS: {
          const listEnd = reader.lengthEnd(end);
          lists += listEnd - reader.at + 4;
          this.events += 1;
          this.event(reader, listEnd);
          break;
        }
        case SPAN_LINKS: {
          const listEnd = reader.lengthEnd(end);
          lists += listEnd - reader.at + 4;
          this.links += 1;
          this.link(reader, listEnd);
          break;
        }
        case SPAN_DROPPED_ATTRIBUTES:
          this.droppedAttributes = reader.varint(end);
          break;
        case SPAN_DROPPED_EVENTS:
          this.droppedEvents = reader.varint(end);
          break;
        case SPAN_DROPPED_LINKS:
          this.droppedLinks = reader.varint(end);
          break;
        default:
          reader.pass(tag, end, SPAN_TAGS);
      }
    }
    this.weigh(reader.bytes, end - start - lists);
  }

  /** `rest` = bytes of everything but attributes, events and links. */
  private weigh(bytes: Buffer, rest: number): void {
    const { limits } = this;
    const names = this.nameEnd - this.nameAt;
    const message = this.messageEnd - this.messageAt;
    const state = this.stateEnd - this.stateAt;
    // One sentence of Weft's own does not count: a span that was cut, exported and sent again is not cut once more.
    if (
      this.attributes - Math.min(1, this.index.notes) > limits.attributes ||
      this.events > limits.events ||
      this.links > limits.links ||
      message > limits.valueBytes ||
      state > limits.valueBytes ||
      rest - names - message - state > OVERHEAD ||
      (names > limits.nameCharacters && isLonger(bytes, this.nameAt, this.nameEnd, limits.nameCharacters))
    )
      this.isOver = true;
  }

  private status(reader: WireReader, end: number): void {
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === STATUS_CODE) this.statusCode = reader.varint(end);
      else if (tag === STATUS_MESSAGE) {
        this.messageEnd = reader.lengthEnd(end);
        this.messageAt = reader.at;
        reader.at = this.messageEnd;
      } else reader.pass(tag, end, STATUS_TAGS);
    }
  }

  private event(reader: WireReader, end: number): void {
    let rest = end - reader.at;
    let attributes = 0;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === EVENT_ATTRIBUTES) {
        const listEnd = reader.lengthEnd(end);
        rest -= listEnd - reader.at + 4;
        attributes += 1;
        this.inner(reader, listEnd);
      } else if (tag === EVENT_NAME) {
        const nameEnd = reader.lengthEnd(end);
        rest -= nameEnd - reader.at;
        if (isLonger(reader.bytes, reader.at, nameEnd, this.limits.nameCharacters)) this.isOver = true;
        reader.at = nameEnd;
      } else if (tag === EVENT_TIME) reader.fixed(8, end);
      else if (tag === EVENT_DROPPED_ATTRIBUTES) reader.varint(end);
      else reader.pass(tag, end, EVENT_TAGS);
    }
    if (attributes > this.limits.attributes || rest > OVERHEAD) this.isOver = true;
  }

  private link(reader: WireReader, end: number): void {
    let rest = end - reader.at;
    let attributes = 0;
    let traceId = 0;
    let spanId = 0;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === LINK_ATTRIBUTES) {
        const listEnd = reader.lengthEnd(end);
        rest -= listEnd - reader.at + 4;
        attributes += 1;
        this.inner(reader, listEnd);
      } else if (tag === LINK_TRACE_ID || tag === LINK_SPAN_ID || tag === LINK_TRACE_STATE) {
        const partEnd = reader.lengthEnd(end);
        const length = partEnd - reader.at;
        if (tag === LINK_TRACE_ID) traceId = length;
        else if (tag === LINK_SPAN_ID) spanId = length;
        else {
          rest -= length;
          if (length > this.limits.valueBytes) this.isOver = true;
        }
        reader.at = partEnd;
      } else if (tag === LINK_FLAGS) reader.fixed(4, end);
      else if (tag === LINK_DROPPED_ATTRIBUTES) reader.varint(end);
      else reader.pass(tag, end, LINK_TAGS);
    }
    if (attributes > this.limits.attributes || rest > OVERHEAD || traceId !== 16 || spanId !== 8) this.isOver = true;
  }

  private inner(reader: WireReader, end: number): void {
    this.attribute.keyValue(reader, end);
    if (this.attribute.isOver) this.isOver = true;
  }
}
