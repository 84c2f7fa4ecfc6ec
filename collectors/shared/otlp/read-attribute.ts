import type { Attribute } from "#lib/model/trace.ts";

import { KEY_VALUE_IS_CUT, KEY_VALUE_KEY, KEY_VALUE_VALUE } from "./fields.ts";
import { CUT_KEY } from "./limits.ts";
import { valueText } from "./value-text.ts";
import type { WireReader } from "./wire-reader.ts";

/** A KeyValue that ends at `end`. */
export function readAttribute(reader: WireReader, end: number): Attribute {
  let key = "";
  let value = "";
  let isCut = false;
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag === KEY_VALUE_KEY) {
      const keyEnd = reader.lengthEnd(end);
      key = reader.text(reader.at, keyEnd);
      reader.at = keyEnd;
    } else if (tag === KEY_VALUE_VALUE) value = valueText(reader, reader.lengthEnd(end));
    else if (tag === KEY_VALUE_IS_CUT) isCut = reader.varint(end) !== 0;
    else reader.skip(tag, end);
  }
  return isCut ? { key, value, isCut } : { key, value };
}

/** Whether an attribute is the sentence by which Weft says what it left out. */
export function isCutNote({ key, value }: Attribute): boolean {
  return key === CUT_KEY && value !== "";
}
