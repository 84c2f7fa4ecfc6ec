import { createServer, get, type Server } from "node:http";
import { SeriesBirths } from "./series-births.ts";
import { istioExposition, type Owner } from "./istio-series.ts";

/** A proxy that an exporter speaks for. */
export interface ExportedProxy extends Owner {
  readonly id: string;
  readonly adminUrl: string;
}

export interface ExporterConfig {
  readonly port: number;
  readonly proxies: readonly ExportedProxy[];
}

/** Only what the demo's loggers count. */
const ADMIN_PATH = "/stats/prometheus?usedonly&filter=weft%5C.";
const TIMEOUT_MS = 3_000;

/** Where a scrape finds the Istio-shaped series of one proxy. */
export function exporterPath(proxy: string): string {
  return `/${proxy}/metrics`;
}

/** Answers scrapes for the proxies beside it, each at a path of its own. A proxy that cannot be asked is a scrape that fails. */
export function startExporter({ port, proxies }: ExporterConfig): Promise<Server> {
  const byPath = new Map(proxies.map((proxy) => [exporterPath(proxy.id), { proxy, births: new SeriesBirths() }]));
  const server = createServer((request, response) => {
    const exported = byPath.get(request.url ?? "");
    if (exported === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { proxy, births } = exported;
    read(`${proxy.adminUrl}${ADMIN_PATH}`).then(
      (text) => response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(istioExposition(proxy, text, births)),
      () => response.writeHead(503).end(),
    );
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

function read(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { timeout: TIMEOUT_MS }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        text += piece;
      });
      response.once("end", () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error(`admin answered ${response.statusCode}`)),
      );
      response.once("error", reject);
    });
    asked.once("timeout", () => asked.destroy(new Error("timed out")));
    asked.once("error", reject);
  });
}
