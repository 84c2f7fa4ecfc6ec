import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A store that holds what a test says, and answers as Prometheus' HTTP interface does. */
export interface ScriptedStore {
  readonly url: string;
  /** Metrics of which one series is there. */
  readonly metrics: Set<string>;
  /** Questions in PromQL that came. */
  readonly asked: readonly string[];
  /** How it answers from now on. */
  mode: "answers" | "hangs" | "refuses";
  /** Questions are never answered whose path and PromQL match this; `null` = all are. */
  hangsAt: RegExp | null;
  /** Resolves when a question comes that holds this text. */
  nextQuestion(holding: string): Promise<void>;
  close(): Promise<void>;
}

export async function startScriptedStore(...metrics: string[]): Promise<ScriptedStore> {
  const there = new Set(metrics);
  const asked: string[] = [];
  const waiting = new Set<{ text: string; done: () => void }>();
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const url = new URL(request.url ?? "/", "http://store");
      const promql = new URLSearchParams(body).get("query") ?? "";
      const isHanging = store.hangsAt?.test(`${url.pathname} ${promql}`) === true;
      const isRange = url.pathname === "/api/v1/query_range";
      if (!isRange && url.pathname !== "/api/v1/query")
        return isHanging ? response : response.writeHead(404, { "content-type": "text/plain" }).end("not found");
      asked.push(promql);
      for (const wait of waiting) if (promql.includes(wait.text)) wait.done();
      if (store.mode === "hangs" || isHanging) return response;
      if (store.mode === "refuses")
        return response.writeHead(500, { "content-type": "application/json" }).end('{"status":"error","error":"broken"}');
      const nowS = Date.now() / 1_000;
      const isThere = promql.includes("time()") || [...there].some((metric) => promql.includes(metric));
      const point = [nowS, promql.includes("time()") ? String(nowS) : "1"];
      const result = isThere ? [{ metric: {}, ...(isRange ? { values: [point] } : { value: point }) }] : [];
      return response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ status: "success", data: { resultType: isRange ? "matrix" : "vector", result } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const store: ScriptedStore = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    metrics: there,
    asked,
    mode: "answers",
    hangsAt: null,
    nextQuestion: (text) =>
      new Promise((resolve) => {
        const wait = {
          text,
          done: () => {
            waiting.delete(wait);
            resolve();
          },
        };
        waiting.add(wait);
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return store;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
