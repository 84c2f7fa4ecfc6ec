/** How much of a span Weft keeps. What is over a limit is left out, and the span says so in the attribute `weft.cut`. */
export interface SpanLimits {
  /** Per span, per event, per link and per resource. */
  attributes: number;
  /** Bytes of one attribute value, of a status message and of a trace state. */
  valueBytes: number;
  /** Lists and maps inside one another. */
  nesting: number;
  events: number;
  links: number;
  /** Unicode characters of a span's or event's name and of an attribute's key. */
  nameCharacters: number;
  /** Unicode characters of a service's name, namespace, version and instance. */
  serviceCharacters: number;
}

export const SPAN_LIMITS: SpanLimits = {
  attributes: 128,
  valueBytes: 4096,
  nesting: 8,
  events: 128,
  links: 128,
  nameCharacters: 512,
  serviceCharacters: 256,
};

/** Key of the attribute by which Weft says what it left out of a span. */
export const CUT_KEY = "weft.cut";
