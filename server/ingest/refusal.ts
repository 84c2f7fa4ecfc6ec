import { status } from "@grpc/grpc-js";

/** Why a request was not taken; the key of a counter, so the set is closed. */
export type RefusalCause =
  | "browser"
  | "path"
  | "method"
  | "type"
  | "malformed"
  | "large"
  | "ratio"
  | "slow"
  | "unfinished"
  | "busy"
  | "store"
  | "stopping";

/** `text` is a plain sentence for whoever runs the sender. */
export interface Refusal {
  cause: RefusalCause;
  text: string;
}

interface Manner {
  httpStatus: number;
  /** Of google.rpc.Code, which are also the numbers of gRPC's own status. */
  code: status;
  /** `null` = the same request will never be taken. */
  retryAfterS: number | null;
  /** In words, for the Sources page: "3 requests were refused: <why>.". */
  why: string;
}

/**
 * How each cause is answered. OTLP senders retry 429, 502, 503 and 504 (gRPC: UNAVAILABLE, and RESOURCE_EXHAUSTED with
 * RetryInfo) and drop the data on everything else, so load and a full disk must never be answered otherwise.
 */
export const MANNERS: Readonly<Record<RefusalCause, Manner>> = {
  browser: { httpStatus: 403, code: status.PERMISSION_DENIED, retryAfterS: null, why: "from a web page" },
  path: { httpStatus: 404, code: status.NOT_FOUND, retryAfterS: null, why: "nothing is taken at that path" },
  method: { httpStatus: 405, code: status.UNIMPLEMENTED, retryAfterS: null, why: "another method than POST" },
  type: { httpStatus: 415, code: status.INVALID_ARGUMENT, retryAfterS: null, why: "content type or encoding is not taken" },
  malformed: { httpStatus: 400, code: status.INVALID_ARGUMENT, retryAfterS: null, why: "unreadable" },
  large: { httpStatus: 413, code: status.RESOURCE_EXHAUSTED, retryAfterS: null, why: "too large" },
  ratio: { httpStatus: 413, code: status.RESOURCE_EXHAUSTED, retryAfterS: null, why: "grew too much when decompressed" },
  slow: { httpStatus: 408, code: status.DEADLINE_EXCEEDED, retryAfterS: null, why: "did not arrive in time" },
  unfinished: { httpStatus: 400, code: status.CANCELLED, retryAfterS: null, why: "ended before the body was whole" },
  busy: { httpStatus: 503, code: status.UNAVAILABLE, retryAfterS: 1, why: "too much was waiting to be written" },
  store: { httpStatus: 503, code: status.UNAVAILABLE, retryAfterS: 10, why: "the store could not write" },
  stopping: { httpStatus: 503, code: status.UNAVAILABLE, retryAfterS: 5, why: "Weft was stopping" },
};

/** What became of a request. `rejected` = parts that were left out for good, with `reason`; 0 = all was taken. */
export type Outcome = { isTaken: true; rejected: number; reason: string } | { isTaken: false; refusal: Refusal };

export function refuse(cause: RefusalCause, text: string): { isTaken: false; refusal: Refusal } {
  return { isTaken: false, refusal: { cause, text } };
}

export const TAKEN: Outcome = { isTaken: true, rejected: 0, reason: "" };
