import type { FastifyInstance, LightMyRequestResponse } from "fastify";

import { Problem } from "#lib/contract/envelope.ts";
import { createFakeChangeJournal, type FakeChangeJournal } from "#lib/testing/fake-change-journal.ts";
import { createFakeFeed, type FakeFeed } from "#lib/testing/fake-sources.ts";
import { createMesh, type FakeMesh } from "#lib/testing/mesh-desk.ts";
import { ChangeLog } from "#lib/usecases/changes/change-log.ts";
import type { MeshSources } from "#lib/usecases/context.ts";

import { createServer, type ServerOptions } from "../create-server.ts";
import { createRuntime, type Runtime, type RuntimeOptions } from "../runtime.ts";
import { MemorySeriesStore } from "../stores/series-store.ts";

/** The whole HTTP surface over a mesh in memory, asked without a network. */
export interface TestConsole {
  app: FastifyInstance;
  runtime: Runtime;
  mesh: FakeMesh;
  feed: FakeFeed;
  journal: FakeChangeJournal;
  get(url: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  /** A write as Weft's own pages send it, with a valid token. */
  post(url: string, body?: unknown, headers?: Record<string, string | undefined>): Promise<LightMyRequestResponse>;
  close(): Promise<void>;
}

export interface ConsoleOptions extends Partial<ServerOptions> {
  sources?: Partial<MeshSources>;
  mesh?: FakeMesh;
  stores?: RuntimeOptions["stores"];
  configuration?: RuntimeOptions["configuration"];
}

export const HOST = "localhost:4600";

export async function openConsole(options: ConsoleOptions = {}): Promise<TestConsole> {
  const { sources = {}, mesh = createMesh(), stores, configuration, ...server } = options;
  const feed = createFakeFeed();
  const journal = createFakeChangeJournal();
  const runtime = createRuntime({
    sources: {
      topology: [mesh.topology],
      metrics: mesh.metrics,
      routing: [mesh.target],
      demands: [mesh.demands],
      security: [mesh.security],
      feeds: [feed],
      traces: [],
      archive: null,
      ...sources,
    },
    stores,
    configuration,
    store: new MemorySeriesStore(),
    log: new ChangeLog(journal),
    clock: mesh.time.clock,
    scheduler: mesh.time.scheduler,
  });
  await runtime.start();
  const app = await createServer(runtime, { cookieName: "weft_test", uiDir: "/nowhere", isReadOnly: false, logLevel: "silent", ...server });
  const get: TestConsole["get"] = (url, headers = {}) => app.inject({ method: "GET", url, headers: { host: HOST, ...headers } });
  return {
    app,
    runtime,
    mesh,
    feed,
    journal,
    get,
    async post(url, body, headers = {}) {
      const session = await get("/api/session");
      const sent = {
        host: HOST,
        "x-weft-csrf": session.json().csrfToken,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      };
      const kept = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined));
      return app.inject({
        method: "POST",
        url,
        headers: kept,
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
    },
    async close() {
      await app.close();
      await runtime.stop();
    },
  };
}

/** The problem that an answer holds; throws where it holds none, or one that does not fit its status. */
export function problemOf(response: LightMyRequestResponse): Problem {
  const type = String(response.headers["content-type"]);
  if (!type.startsWith("application/problem+json")) throw new Error(`${response.statusCode} ${type}: ${response.body}`);
  const problem = Problem.parse(response.json());
  if (problem.status !== response.statusCode) throw new Error(`the problem says ${problem.status}, the answer ${response.statusCode}`);
  return problem;
}
