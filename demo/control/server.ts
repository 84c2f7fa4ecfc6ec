import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { FaultController } from "../faults/controller.ts";
import { InvalidFault } from "../faults/parse.ts";
import { joinRows } from "../ledger/ledger.ts";
import { parseSpan } from "../ledger/span.ts";
import { demandOf, type Demand } from "../posture/listener-demand.ts";
import { builtPosture, type Posture } from "../posture/posture.ts";
import { instancesOf } from "../mesh/plan.ts";
import type { Mesh } from "../supervisor/mesh.ts";

const MAX_BODY_BYTES = 64 * 1_024;

export interface Control {
  readonly url: string;
}

/** The demo's own small interface for tests and for people who want to break things: the ledger, the faults, and what was built. */
export function startControl(mesh: Mesh, faults: FaultController, port: number): Promise<Control> {
  const server = createServer((request, response) => {
    answer(mesh, faults, request).then(
      (value) => send(response, 200, value),
      (cause: unknown) => sendProblem(response, cause),
    );
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve({ url: urlOf(server) }));
  });
}

function urlOf(server: Server): string {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("the control server has no port");
  return `http://127.0.0.1:${address.port}`;
}

async function answer(mesh: Mesh, faults: FaultController, request: IncomingMessage): Promise<unknown> {
  const url = new URL(request.url ?? "/", "http://control");
  refuseBrowsers(request);
  switch (`${request.method ?? ""} ${url.pathname}`) {
    case "GET /healthz":
      return { ok: true };
    case "GET /ledger":
      return ledger(mesh, url.searchParams);
    case "GET /posture":
      return posture(mesh, faults);
    case "GET /faults":
      return faults.report();
    case "POST /faults":
      return faults.apply(await readJson(request));
    default:
      throw new Refused(404, "NOT_FOUND", "There is no such call.", "GET /ledger, GET /posture, GET or POST /faults, GET /healthz.");
  }
}

async function ledger(mesh: Mesh, query: URLSearchParams): Promise<unknown> {
  const span = parseSpan(query.get("from"), query.get("to"));
  const edges = joinRows(await mesh.askAll({ kind: "ledger", span }));
  return { from: iso(span.fromMs), to: iso(span.toMs), edges };
}

function posture(mesh: Mesh, faults: FaultController): Posture {
  return builtPosture({
    certificates: mesh.certificates.list(),
    jobs: faults.jobs,
    demandOf: (service) => standingDemand(mesh, service),
    nowMs: Date.now(),
  });
}

/** From the file as it is now: whoever steers the mesh may have replaced it. */
function standingDemand({ dir, plan }: Mesh, service: string): Demand {
  const [instance] = instancesOf(plan, service);
  try {
    return instance === undefined ? "unknown" : demandOf(readFileSync(dir.listenerFile(instance.id), "utf8"));
  } catch {
    return "unknown";
  }
}

/** An open end has no time to tell. */
function iso(ms: number): string | null {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null;
}

/** A page in somebody's browser must not be able to break the demo: browsers name the page's origin in every such request. */
function refuseBrowsers(request: IncomingMessage): void {
  if (request.headers.origin === undefined && request.headers["sec-fetch-site"] === undefined) return;
  if (request.method === "GET" && request.headers["sec-fetch-site"] === "none") return;
  throw new Refused(403, "FORBIDDEN", "Pages in a browser may not use this.", "Use a command line client.");
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new Refused(413, "INVALID", "The body is too large.", `Send at most ${MAX_BODY_BYTES} bytes.`);
    chunks.push(bytes);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new InvalidFault("body", "The body is not JSON.", "Send a JSON object.");
  }
}

class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly mend: string;

  constructor(status: number, code: string, detail: string, mend: string) {
    super(detail);
    this.status = status;
    this.code = code;
    this.mend = mend;
  }
}

/** RFC 9457. */
function sendProblem(response: ServerResponse, cause: unknown): void {
  if (cause instanceof InvalidFault) {
    send(
      response,
      400,
      { title: "Bad Request", status: 400, code: "INVALID", detail: cause.message, field: cause.field, mend: cause.mend },
      true,
    );
  } else if (cause instanceof Refused) {
    send(
      response,
      cause.status,
      { title: cause.code, status: cause.status, code: cause.code, detail: cause.message, mend: cause.mend },
      true,
    );
  } else {
    const detail = cause instanceof Error ? cause.message : String(cause);
    send(
      response,
      500,
      { title: "Internal Server Error", status: 500, code: "INTERNAL", detail, mend: "Look into the logs folder of the run." },
      true,
    );
  }
}

function send(response: ServerResponse, status: number, value: unknown, problem = false): void {
  response.writeHead(status, { "content-type": problem ? "application/problem+json" : "application/json", "cache-control": "no-store" });
  response.end(`${JSON.stringify(value)}\n`);
}
