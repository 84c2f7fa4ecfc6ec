import type { SpanKind } from "#lib/model/trace.ts";

/** A span before anything has written it down. */
export interface MadeSpan {
  traceId: Buffer;
  spanId: Buffer;
  parentId: Buffer | null;
  /** Number of its service in the made mesh. */
  service: number;
  version: string;
  kind: Extract<SpanKind, "internal" | "server" | "client">;
  name: string;
  startUnixNano: bigint;
  durationNano: number;
  isError: boolean;
  attributes: readonly (readonly [key: string, value: string | number])[];
}

/** Spans of one trace: an arrival, work inside it, and four calls with both of their halves. */
export const SPANS_PER_TRACE = 10;

const CALLS = 4;
const CALLEES = 4;
const OPERATIONS = 5;
const NANOS_PER_MS = 1e6;

export function serviceName(service: number): string {
  return `service-${service}`;
}

interface Work {
  random: () => number;
  services: number;
  traceId: Buffer;
}

/** One request through a mesh of so many services, each of which calls four others. Durations are skewed, 2 % fail. */
export function madeTrace(random: () => number, services: number, startMs: number): MadeSpan[] {
  const work: Work = { random, services, traceId: idOf(random, 16) };
  const startUnixNano = BigInt(Math.floor(startMs)) * 1_000_000n + BigInt(Math.floor(random() * NANOS_PER_MS));
  const durationNano = Math.floor((5 + 60 * random() ** 4 * 10) * NANOS_PER_MS);
  const root = arrival(work, { service: Math.floor(random() * services), parentId: null, startUnixNano, durationNano });
  const inside: MadeSpan = {
    ...root,
    spanId: idOf(random, 8),
    parentId: root.spanId,
    kind: "internal",
    name: "render",
    durationNano: Math.floor(durationNano / 3),
    attributes: codeAttributes(random),
  };
  const arrivals = [root];
  const spans = [root, inside];
  for (let call = 0; call < CALLS; call++) {
    const caller = arrivals[Math.floor(random() * arrivals.length)] ?? root;
    const [outgoing, answered] = callFrom(work, caller);
    arrivals.push(answered);
    spans.push(outgoing, answered);
  }
  return spans;
}

interface Arrival {
  service: number;
  parentId: Buffer | null;
  startUnixNano: bigint;
  durationNano: number;
}

function arrival({ random, traceId }: Work, at: Arrival): MadeSpan {
  const operation = Math.floor(random() * OPERATIONS);
  const isError = random() < 0.02;
  return {
    ...at,
    traceId,
    spanId: idOf(random, 8),
    version: random() < 0.2 ? "v2" : "v1",
    kind: "server",
    name: `GET /api/items-${operation}/{id}`,
    isError,
    attributes: [
      ["http.request.method", "GET"],
      ["http.route", `/api/items-${operation}/{id}`],
      ["url.path", `/api/items-${operation}/${Math.floor(random() * 1e6)}`],
      ["http.response.status_code", isError ? 503 : 200],
      ["network.protocol.version", "1.1"],
      ["user_agent.original", "mesh-client/1.40"],
      ["client.address", `10.0.${Math.floor(random() * 4)}.${Math.floor(random() * 250)}`],
      ["server.port", 8080],
    ],
  };
}

function callFrom(work: Work, caller: MadeSpan): [MadeSpan, MadeSpan] {
  const { random, services, traceId } = work;
  const service = (caller.service * 3 + 1 + Math.floor(random() * CALLEES)) % services;
  const startUnixNano = caller.startUnixNano + BigInt(Math.floor(caller.durationNano * 0.4 * random()));
  const durationNano = Math.floor(caller.durationNano * (0.2 + 0.3 * random()));
  const spanId = idOf(random, 8);
  const answered = arrival(work, {
    service,
    parentId: spanId,
    startUnixNano: startUnixNano + 150_000n,
    durationNano: Math.floor(durationNano * 0.9),
  });
  const outgoing: MadeSpan = {
    traceId,
    spanId,
    parentId: caller.spanId,
    service: caller.service,
    version: caller.version,
    kind: "client",
    name: answered.name,
    startUnixNano,
    durationNano,
    isError: answered.isError,
    attributes: [
      ["http.request.method", "GET"],
      ["url.full", `http://${serviceName(service)}.shop:8080/api`],
      ["server.address", serviceName(service)],
      ["server.port", 8080],
      ["http.response.status_code", answered.isError ? 503 : 200],
      ["network.protocol.version", "1.1"],
      ["network.peer.address", `10.0.1.${Math.floor(random() * 250)}`],
      ["thread.id", Math.floor(random() * 64)],
    ],
  };
  return [outgoing, answered];
}

function codeAttributes(random: () => number): MadeSpan["attributes"] {
  return [
    ["code.function.name", "renderItems"],
    ["code.file.path", "/srv/app/src/render.ts"],
    ["code.line.number", Math.floor(random() * 400)],
    ["thread.id", Math.floor(random() * 64)],
    ["thread.name", "worker"],
    ["app.items", Math.floor(random() * 40)],
    ["app.cache", random() < 0.8 ? "hit" : "miss"],
    ["app.tenant", `tenant-${Math.floor(random() * 50)}`],
  ];
}

function idOf(random: () => number, bytes: number): Buffer {
  const id = Buffer.allocUnsafe(bytes);
  for (let at = 0; at < bytes; at += 4) id.writeUInt32BE(Math.floor(random() * 4_294_967_295) + 1, at);
  return id;
}
