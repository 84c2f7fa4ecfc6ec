/**
 * Tags of the OTLP messages: field number times 8 plus wire type. From opentelemetry/proto/{collector/trace,trace,resource,
 * common}/v1 of opentelemetry-proto 1.9.
 */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const FIXED32 = 5;

const tag = (field: number, wireType: number): number => field * 8 + wireType;

export const REQUEST_RESOURCE_SPANS = tag(1, LENGTH);

export const RESOURCE_SPANS_RESOURCE = tag(1, LENGTH);
export const RESOURCE_SPANS_SCOPE_SPANS = tag(2, LENGTH);

export const SCOPE_SPANS_SCOPE = tag(1, LENGTH);
export const SCOPE_SPANS_SPANS = tag(2, LENGTH);
export const SCOPE_NAME = tag(1, LENGTH);

export const RESOURCE_ATTRIBUTES = tag(1, LENGTH);
export const RESOURCE_DROPPED_ATTRIBUTES = tag(2, VARINT);

export const SPAN_TRACE_ID = tag(1, LENGTH);
export const SPAN_SPAN_ID = tag(2, LENGTH);
export const SPAN_TRACE_STATE = tag(3, LENGTH);
export const SPAN_PARENT_ID = tag(4, LENGTH);
export const SPAN_NAME = tag(5, LENGTH);
export const SPAN_KIND = tag(6, VARINT);
export const SPAN_START = tag(7, FIXED64);
export const SPAN_END = tag(8, FIXED64);
export const SPAN_ATTRIBUTES = tag(9, LENGTH);
export const SPAN_DROPPED_ATTRIBUTES = tag(10, VARINT);
export const SPAN_EVENTS = tag(11, LENGTH);
export const SPAN_DROPPED_EVENTS = tag(12, VARINT);
export const SPAN_LINKS = tag(13, LENGTH);
export const SPAN_DROPPED_LINKS = tag(14, VARINT);
export const SPAN_STATUS = tag(15, LENGTH);
export const SPAN_FLAGS = tag(16, FIXED32);

export const STATUS_MESSAGE = tag(2, LENGTH);
export const STATUS_CODE = tag(3, VARINT);

export const EVENT_TIME = tag(1, FIXED64);
export const EVENT_NAME = tag(2, LENGTH);
export const EVENT_ATTRIBUTES = tag(3, LENGTH);
export const EVENT_DROPPED_ATTRIBUTES = tag(4, VARINT);

export const LINK_TRACE_ID = tag(1, LENGTH);
export const LINK_SPAN_ID = tag(2, LENGTH);
export const LINK_TRACE_STATE = tag(3, LENGTH);
export const LINK_ATTRIBUTES = tag(4, LENGTH);
export const LINK_DROPPED_ATTRIBUTES = tag(5, VARINT);
export const LINK_FLAGS = tag(6, FIXED32);

export const KEY_VALUE_KEY = tag(1, LENGTH);
export const KEY_VALUE_VALUE = tag(2, LENGTH);
/** Weft's own, in stored bodies only: the value is the beginning of a longer one. Other readers skip it as unknown. */
export const KEY_VALUE_IS_CUT = tag(2047, VARINT);

export const VALUE_STRING = tag(1, LENGTH);
export const VALUE_BOOL = tag(2, VARINT);
export const VALUE_INT = tag(3, VARINT);
export const VALUE_DOUBLE = tag(4, FIXED64);
export const VALUE_ARRAY = tag(5, LENGTH);
export const VALUE_MAP = tag(6, LENGTH);
export const VALUE_BYTES = tag(7, LENGTH);
/** Of ArrayValue and KeyValueList alike. */
export const CONTAINER_VALUES = tag(1, LENGTH);

export const STATUS_CODE_ERROR = 2;
