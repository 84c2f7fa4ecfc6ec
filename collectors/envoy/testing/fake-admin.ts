import type { ServerResponse } from "node:http";

import { startPlainServer, type PlainServer } from "#collectors/shared/testing/plain-server.ts";

import { recordedAnswers, recordedStats, type RecordedId } from "./recorded.ts";

/** Answers one request of an admin. */
export type Answer = (response: ServerResponse) => void;

/** A server that answers like a recorded Envoy until it is told to do otherwise. */
export interface FakeAdmin {
  readonly server: PlainServer;
  /** What `/stats/prometheus` holds. */
  stats: string;
  /** Answers by path (without query), instead of the recorded ones. */
  readonly instead: Map<string, Answer>;
  close(): Promise<void>;
}

export const json =
  (value: unknown): Answer =>
  (response) =>
    void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));

export const text =
  (value: string): Answer =>
  (response) =>
    void response.writeHead(200, { "content-type": "text/plain; charset=UTF-8" }).end(value);

export const webPage: Answer = (response) =>
  void response.writeHead(200, { "content-type": "text/html" }).end("<!DOCTYPE html><title>It works!</title>");

/** Never answers, like a frozen process. */
export const silence: Answer = () => undefined;

const NO_CONFIG = { configs: [] };

export async function startFakeAdmin(id: RecordedId): Promise<FakeAdmin> {
  const recorded = recordedAnswers(id);
  const instead = new Map<string, Answer>();
  const server = await startPlainServer((request, response) => {
    const url = request.url ?? "";
    const [path = ""] = url.split("?");
    const answer = instead.get(path) ?? (path === "/stats/prometheus" ? text(fake.stats) : json(recorded[url] ?? NO_CONFIG));
    answer(response);
  });
  const fake: FakeAdmin = { server, stats: recordedStats(id), instead, close: () => server.close() };
  return fake;
}
