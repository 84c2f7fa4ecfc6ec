/** Bounds of the intake. Bytes are those of request bodies as they stand decompressed, unless a line says otherwise. */
export interface IngestLimits {
  /** One request: compressed and decompressed alike. */
  bodyBytes: number;
  /** A compressed body may grow this many times, once `ratioFromBytes` are out. */
  ratio: number;
  ratioFromBytes: number;
  /** A body must be here within this time. */
  bodyMs: number;
  /** All bodies that are being read, together. */
  readingBytes: number;
  /** All requests that wait to be written, together. */
  queueBytes: number;
  /** A group is written when it holds this much, or when its first request waited this long. */
  groupBytes: number;
  groupMs: number;
  /** gRPC messages that are being read at once; their lengths are not known before they are whole. */
  grpcReads: number;
  /** Calls that may wait for their turn to be read. */
  grpcWaiting: number;
  /** Open connections per port. */
  connections: number;
  /** Distinct names of services that are told apart on the map. */
  services: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

export const INGEST_LIMITS: IngestLimits = {
  bodyBytes: 16 * MIB,
  ratio: 100,
  ratioFromBytes: MIB,
  bodyMs: 30_000,
  readingBytes: 64 * MIB,
  queueBytes: 64 * MIB,
  groupBytes: 256 * KIB,
  groupMs: 5,
  grpcReads: 16,
  grpcWaiting: 1_000,
  connections: 1_000,
  services: 10_000,
};
