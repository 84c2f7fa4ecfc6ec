import { AttributeCutter } from "./cut-value.ts";
import { CutNotes } from "./cut-notes.ts";
import {
  EVENT_ATTRIBUTES,
  EVENT_DROPPED_ATTRIBUTES,
  EVENT_NAME,
  EVENT_TIME,
  KEY_VALUE_KEY,
  KEY_VALUE_VALUE,
  LINK_ATTRIBUTES,
  LINK_DROPPED_ATTRIBUTES,
  LINK_FLAGS,
  LINK_SPAN_ID,
  LINK_TRACE_ID,
  LINK_TRACE_STATE,
  RESOURCE_ATTRIBUTES,
  RESOURCE_DROPPED_ATTRIBUTES,
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
  VALUE_STRING,
} from "./fields.ts";
import { keyAt, NO_KEY, RESOURCE_KEYS, RESOURCE_NOTE, SPAN_KEYS, type KeyTable } from "./index-keys.ts";
import { CUT_KEY, type SpanLimits } from "./limits.ts";
import type { SpanScan } from "./span-scan.ts";
import { AttributeScan, endOfBytes, endOfCharacters } from "./value-scan.ts";
import type { WireReader } from "./wire-reader.ts";
import { WireWriter } from "./wire-writer.ts";

const MAX_COUNT = 0xffff_ffff;

/** Whose attributes are written: where they stand, and how many there were. */
interface Owner {
  tag: number;
  droppedTag: number;
  /** For the sentence; empty for the span or resource itself. */
  name: string;
  keys: KeyTable | null;
  /** How many the sender said it had left out. */
  dropped: number;
  /** Of a value that names the service. */
  characters: number;
}

/** Writes one span or resource anew, within the limits. */
class Cutter {
  readonly writer = new WireWriter();
  readonly notes = new CutNotes();
  readonly reader: WireReader;
  readonly limits: SpanLimits;
  private readonly values: AttributeCutter;
  private readonly scan: AttributeScan;

  constructor(reader: WireReader, limits: SpanLimits) {
    this.reader = reader;
    this.limits = limits;
    this.values = new AttributeCutter(reader, this.writer, limits);
    this.scan = new AttributeScan(limits);
  }

  /** Calls `visit` with the end of each field that has this tag; it starts at `reader.at`. */
  each(tag: number, at: number, end: number, visit: (end: number) => void): void {
    const { reader } = this;
    for (let next = at; next < end;) {
      reader.at = next;
      const found = reader.tag(end);
      if (found === tag) {
        next = reader.lengthEnd(end);
        visit(next);
      } else {
        reader.skip(found, end);
        next = reader.at;
      }
    }
  }

  /** Attributes that the index is read from are kept before others, since they carry the failure and the version. */
  attributes(at: number, end: number, owner: Owner): void {
    const { reader, scan, limits, writer, notes } = this;
    let total = 0;
    let precious = 0;
    this.each(owner.tag, at, end, (attributeEnd) => {
      total += 1;
      if (total > limits.attributes || owner.keys !== null) {
        scan.keyValue(reader, attributeEnd);
        if (this.keyOf(owner) !== NO_KEY) precious += 1;
      }
    });
    let room = Math.max(0, limits.attributes - precious);
    let preciousRoom = Math.min(precious, limits.attributes);
    let kept = 0;
    this.each(owner.tag, at, end, (attributeEnd) => {
      if (kept >= limits.attributes) return;
      const start = reader.at;
      scan.keyValue(reader, attributeEnd);
      const key = this.keyOf(owner);
      const isPrecious = key !== NO_KEY;
      if (isPrecious ? preciousRoom === 0 : room === 0) return;
      if (isPrecious) preciousRoom -= 1;
      else room -= 1;
      kept += 1;
      this.values.attribute(owner.tag, scan, start, owner.name, notes, isPrecious && key !== RESOURCE_NOTE ? owner.characters : Infinity);
      reader.at = attributeEnd;
    });
    notes.list(kept, total, owner.name === "" ? "attributes" : `attributes of ${owner.name.replace(/: $/, "")}`);
    count(writer, owner.droppedTag, owner.dropped + total - kept);
  }

  private keyOf({ keys }: Owner): number {
    return keys === null ? NO_KEY : keyAt(keys, this.reader.bytes, this.scan.keyAt, this.scan.keyEnd);
  }

  note(tag: number): void {
    const sentence = this.notes.sentence();
    if (sentence === "") return;
    this.writer.message(tag, () => {
      this.writer.text(KEY_VALUE_KEY, CUT_KEY);
      this.writer.message(KEY_VALUE_VALUE, () => this.writer.text(VALUE_STRING, sentence));
    });
  }

  bytesText(tag: number, at: number, end: number, name: string): void {
    const { bytes } = this.reader;
    const keptEnd = endOfBytes(bytes, at, end, this.limits.valueBytes);
    if (keptEnd < end) this.notes.beginning(name, keptEnd - at, end - at, "bytes");
    if (keptEnd > at) this.writer.block(tag, this.reader.part(at, keptEnd));
  }

  nameText(tag: number, at: number, end: number, name: string): void {
    const { bytes } = this.reader;
    const keptEnd = endOfCharacters(bytes, at, end, this.limits.nameCharacters);
    if (keptEnd < end) this.notes.beginning(name, keptEnd - at, end - at, "bytes");
    if (keptEnd > at) this.writer.block(tag, this.reader.part(at, keptEnd));
  }

  event(end: number): void {
    const { reader, writer } = this;
    const at = reader.at;
    let time = 0n;
    let dropped = 0;
    let name = { at, end: at };
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === EVENT_TIME) time = reader.fixed64(end);
      else if (tag === EVENT_DROPPED_ATTRIBUTES) dropped = reader.varint(end);
      else if (tag === EVENT_NAME) {
        const nameEnd = reader.lengthEnd(end);
        name = { at: reader.at, end: nameEnd };
        reader.at = nameEnd;
      } else reader.skip(tag, end);
    }
    writer.message(SPAN_EVENTS, () => {
      if (time !== 0n) writer.fixed64(EVENT_TIME, time);
      this.nameText(EVENT_NAME, name.at, name.end, "the name of an event");
      const label = `event ${reader.text(name.at, endOfCharacters(reader.bytes, name.at, name.end, 64))}: `;
      const owner = { tag: EVENT_ATTRIBUTES, droppedTag: EVENT_DROPPED_ATTRIBUTES, name: label, keys: null, dropped, characters: Infinity };
      this.attributes(at, end, owner);
    });
  }

  /** False = the ids have a wrong length, and nothing was written. */
  link(end: number): boolean {
    const { reader, writer } = this;
    const at = reader.at;
    let traceId: Uint8Array = new Uint8Array();
    let spanId: Uint8Array = new Uint8Array();
    let state = { at, end: at };
    let dropped = 0;
    let flags = 0;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === LINK_TRACE_ID || tag === LINK_SPAN_ID || tag === LINK_TRACE_STATE) {
        const partEnd = reader.lengthEnd(end);
        if (tag === LINK_TRACE_ID) traceId = reader.part(reader.at, partEnd);
        else if (tag === LINK_SPAN_ID) spanId = reader.part(reader.at, partEnd);
        else state = { at: reader.at, end: partEnd };
        reader.at = partEnd;
      } else if (tag === LINK_DROPPED_ATTRIBUTES) dropped = reader.varint(end);
      else if (tag === LINK_FLAGS) flags = reader.fixed32(end);
      else reader.skip(tag, end);
    }
    if (traceId.length !== 16 || spanId.length !== 8) return false;
    writer.message(SPAN_LINKS, () => {
      writer.block(LINK_TRACE_ID, traceId);
      writer.block(LINK_SPAN_ID, spanId);
      this.bytesText(LINK_TRACE_STATE, state.at, state.end, "the trace state of a link");
      const owner = {
        tag: LINK_ATTRIBUTES,
        droppedTag: LINK_DROPPED_ATTRIBUTES,
        name: "link: ",
        keys: null,
        dropped,
        characters: Infinity,
      };
      this.attributes(at, end, owner);
      if (flags !== 0) writer.fixed32(LINK_FLAGS, flags);
    });
    return true;
  }
}

/** The span that `scan` has just read between two offsets, within the limits, and saying what was left out. */
export function cutSpan(reader: WireReader, at: number, end: number, scan: SpanScan, limits: SpanLimits): Uint8Array {
  const cutter = new Cutter(reader, limits);
  const { writer, notes } = cutter;
  const part = (tag: number, from: number, to: number): void => {
    if (to > from) writer.block(tag, reader.part(from, to));
  };
  part(SPAN_TRACE_ID, scan.traceIdAt, scan.traceIdEnd);
  part(SPAN_SPAN_ID, scan.spanIdAt, scan.spanIdEnd);
  cutter.bytesText(SPAN_TRACE_STATE, scan.stateAt, scan.stateEnd, "the trace state");
  part(SPAN_PARENT_ID, scan.parentAt, scan.parentEnd);
  cutter.nameText(SPAN_NAME, scan.nameAt, scan.nameEnd, "the name");
  if (scan.kindCode !== 0) writer.number(SPAN_KIND, Math.min(scan.kindCode, MAX_COUNT));
  if (scan.startAt >= 0) writer.fixed64(SPAN_START, reader.bytes.readBigUInt64LE(scan.startAt));
  if (scan.endAt >= 0) writer.fixed64(SPAN_END, reader.bytes.readBigUInt64LE(scan.endAt));
  const { droppedAttributes: dropped } = scan;
  const owner = { tag: SPAN_ATTRIBUTES, droppedTag: SPAN_DROPPED_ATTRIBUTES, name: "", keys: SPAN_KEYS, dropped, characters: Infinity };
  cutter.attributes(at, end, owner);
  let events = 0;
  cutter.each(SPAN_EVENTS, at, end, (eventEnd) => {
    events += 1;
    if (events <= limits.events) cutter.event(eventEnd);
  });
  const keptEvents = Math.min(events, limits.events);
  notes.list(keptEvents, events, "events");
  count(writer, SPAN_DROPPED_EVENTS, scan.droppedEvents + events - keptEvents);
  let links = 0;
  let keptLinks = 0;
  let wrongLinks = 0;
  cutter.each(SPAN_LINKS, at, end, (linkEnd) => {
    links += 1;
    if (keptLinks >= limits.links) return;
    if (cutter.link(linkEnd)) keptLinks += 1;
    else wrongLinks += 1;
  });
  notes.leftOut(wrongLinks, wrongLinks === 1 ? "link whose ids have a wrong length" : "links whose ids have a wrong length");
  notes.list(keptLinks, links - wrongLinks, "links");
  count(writer, SPAN_DROPPED_LINKS, scan.droppedLinks + links - keptLinks);
  if (scan.statusCode !== 0 || scan.messageEnd > scan.messageAt) {
    writer.message(SPAN_STATUS, () => {
      cutter.bytesText(STATUS_MESSAGE, scan.messageAt, scan.messageEnd, "the status message");
      if (scan.statusCode !== 0) writer.number(STATUS_CODE, Math.min(scan.statusCode, MAX_COUNT));
    });
  }
  if (scan.flags !== 0) writer.fixed32(SPAN_FLAGS, scan.flags);
  cutter.note(SPAN_ATTRIBUTES);
  return writer.finish();
}

/** A resource within the limits. It says what was left out in an attribute of its own. */
export function cutResource(reader: WireReader, dropped: number, limits: SpanLimits): Uint8Array {
  const cutter = new Cutter(reader, limits);
  const characters = limits.serviceCharacters;
  cutter.attributes(0, reader.bytes.length, {
    tag: RESOURCE_ATTRIBUTES,
    droppedTag: RESOURCE_DROPPED_ATTRIBUTES,
    name: "",
    keys: RESOURCE_KEYS,
    dropped,
    characters,
  });
  cutter.note(RESOURCE_ATTRIBUTES);
  return cutter.writer.finish();
}

function count(writer: WireWriter, tag: number, value: number): void {
  if (value > 0) writer.number(tag, Math.min(value, MAX_COUNT));
}
