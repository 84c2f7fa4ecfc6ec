/**
 * Just enough of gRPC over HTTP/2 and of protobuf for one unary method. Written here because the library has no way to choose the
 * address a client dials from, and the address is how the demo tells its callers apart.
 */

/** `service Ratings { rpc Get(GetRequest) returns (GetReply); }` */
export const GET_RATINGS = "/demo.ratings.v1.Ratings/Get";

const WIRE_VARINT = 0;
const WIRE_BYTES = 2;
const FIELD_PRODUCT = 1;
const FIELD_DETAILED = 2;
const FIELD_STARS = 1;
const FRAME_HEADER = 5;

/** `message GetRequest { string product = 1; bool detailed = 2; }` */
export interface GetRequest {
  readonly product: string;
  readonly detailed: boolean;
}

/** A length-prefixed message, never compressed. */
export function frame(message: Buffer): Buffer {
  const header = Buffer.alloc(FRAME_HEADER);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}

/** The first message of a body; throws on a short or compressed one. */
export function unframe(body: Buffer): Buffer {
  if (body.length < FRAME_HEADER || body[0] !== 0) throw new Error("not an uncompressed gRPC message");
  const end = FRAME_HEADER + body.readUInt32BE(1);
  if (body.length < end) throw new Error("the gRPC message was cut short");
  return body.subarray(FRAME_HEADER, end);
}

export function encodeGetRequest({ product, detailed }: GetRequest): Buffer {
  const name = Buffer.from(product, "utf8");
  return Buffer.concat([
    tag(FIELD_PRODUCT, WIRE_BYTES),
    varint(name.length),
    name,
    tag(FIELD_DETAILED, WIRE_VARINT),
    varint(detailed ? 1 : 0),
  ]);
}

export function decodeGetRequest(message: Buffer): GetRequest {
  let product = "";
  let detailed = false;
  for (const field of fields(message)) {
    if (field.number === FIELD_PRODUCT && field.bytes !== undefined) product = field.bytes.toString("utf8");
    if (field.number === FIELD_DETAILED && field.value !== undefined) detailed = field.value !== 0;
  }
  return { product, detailed };
}

/** `message GetReply { uint32 stars = 1; }` */
export function encodeGetReply(stars: number): Buffer {
  return Buffer.concat([tag(FIELD_STARS, WIRE_VARINT), varint(stars)]);
}

interface Field {
  readonly number: number;
  readonly value?: number;
  readonly bytes?: Buffer;
}

function* fields(message: Buffer): Generator<Field> {
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = message[at];
      if (byte === undefined) throw new Error("the message was cut short");
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Error("the message has a number too long");
  };
  while (at < message.length) {
    const key = next();
    const number = key >>> 3;
    if ((key & 7) === WIRE_VARINT) yield { number, value: next() };
    else if ((key & 7) === WIRE_BYTES) {
      const length = next();
      if (at + length > message.length) throw new Error("the message was cut short");
      yield { number, bytes: message.subarray(at, at + length) };
      at += length;
    } else throw new Error("the message has a field of a kind not known here");
  }
}

function tag(number: number, wire: number): Buffer {
  return varint((number << 3) | wire);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

/** gRPC statuses that mean the server failed, not that the caller asked wrongly: unknown, deadline, exhausted, unimplemented to data loss. */
const SERVER_FAULTS = new Set([2, 4, 8, 12, 13, 14, 15]);

export function isServerFault(grpcStatus: number): boolean {
  return SERVER_FAULTS.has(grpcStatus);
}
