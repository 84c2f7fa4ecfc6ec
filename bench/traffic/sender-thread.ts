import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";

import { preparedRequest, type PreparedRequest, stamp } from "./export-request.ts";
import { randomFrom } from "./random.ts";

export interface SenderSetup {
  /** Base address of OTLP over HTTP. */
  url: string;
  services: number;
}

export interface SendOrder {
  connections: number;
  /** Over all connections; `null` = each connection sends again as soon as it was answered. */
  spansPerSecond: number | null;
  seconds: number;
}

export interface Sent {
  /** Numbers (`stampOf`) of the requests that were answered with 200. */
  acknowledged: number[];
  refused: number;
  /** From the first byte to the end of the answer, of requests with 200. */
  ackMs: number[];
  elapsedMs: number;
}

export const SPANS_PER_REQUEST = 500;

const MOST_CONNECTIONS = 16;
const BODIES_PER_CONNECTION = 2;

interface Connection {
  agent: Agent;
  /** Its own, for a body is written over when it is sent again. */
  bodies: PreparedRequest[];
}

/** A thread of its own, so that sending delays no measurement of somebody who asks meanwhile. */
class Sender {
  private readonly url: URL;
  private readonly connections: Connection[];
  private lastNumber = 0;

  constructor({ url, services }: SenderSetup) {
    this.url = new URL("/v1/traces", url);
    const random = randomFrom(3);
    const toMs = Date.now();
    const plan = { random, services, spans: SPANS_PER_REQUEST, fromMs: toMs - 1_000, toMs };
    this.connections = Array.from({ length: MOST_CONNECTIONS }, () => ({
      agent: new Agent({ keepAlive: true, maxSockets: 1 }),
      bodies: Array.from({ length: BODIES_PER_CONNECTION }, () => preparedRequest(plan)),
    }));
  }

  async send(order: SendOrder): Promise<Sent> {
    const sent: Sent = { acknowledged: [], refused: 0, ackMs: [], elapsedMs: 0 };
    const startedMs = performance.now();
    const used = this.connections.slice(0, order.connections);
    await Promise.all(used.map((connection, index) => this.keepSending(connection, index, order, sent)));
    sent.elapsedMs = performance.now() - startedMs;
    return sent;
  }

  private async keepSending({ agent, bodies }: Connection, index: number, order: SendOrder, sent: Sent): Promise<void> {
    const everyMs = order.spansPerSecond === null ? 0 : (SPANS_PER_REQUEST * order.connections * 1_000) / order.spansPerSecond;
    const startedMs = performance.now();
    const endMs = startedMs + order.seconds * 1_000;
    let dueMs = startedMs + (everyMs * index) / order.connections;
    for (let turn = 0; Math.max(dueMs, performance.now()) < endMs; turn++) {
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      dueMs += everyMs;
      const body = bodies[turn % bodies.length];
      if (body !== undefined) await this.one(agent, body, sent);
    }
  }

  private async one(agent: Agent, prepared: PreparedRequest, sent: Sent): Promise<void> {
    const number = ++this.lastNumber;
    stamp(prepared, number);
    const startedMs = performance.now();
    const status = await post(this.url, agent, prepared.body);
    if (status === 200) {
      sent.acknowledged.push(number);
      sent.ackMs.push(performance.now() - startedMs);
    } else sent.refused++;
  }
}

function post(url: URL, agent: Agent, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/x-protobuf", "content-length": body.length };
    const call = request(url, { method: "POST", agent, headers }, (answer) => {
      answer.resume();
      answer.once("end", () => resolve(answer.statusCode ?? 0));
      answer.once("error", reject);
    });
    call.once("error", reject);
    call.end(body);
  });
}

const port = parentPort;
if (port !== null) {
  const sender = new Sender(workerData as SenderSetup);
  port.on("message", (order: SendOrder) => void sender.send(order).then((sent) => port.postMessage(sent, [])));
}
