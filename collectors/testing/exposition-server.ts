import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface ExpositionServer {
  /** `host:port`, as a scrape configuration names it. */
  readonly target: string;
  close(): Promise<void>;
}

/** Serves texts in Prometheus' exposition format, one for each path. `#` in a text grows with every second. */
export async function startExposition(texts: Readonly<Record<string, string>>): Promise<ExpositionServer> {
  const startedMs = Date.now();
  const server = createServer((request, response) => {
    const text = texts[request.url ?? "/"];
    if (text === undefined) return response.writeHead(404).end();
    const grown = String(100 + Math.round((Date.now() - startedMs) / 100));
    return response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(text.replaceAll("#", grown));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    target: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** One line of an exposition; labels that are `null` are left out. */
export function series(metric: string, labels: Readonly<Record<string, string | null>>): string {
  const told = Object.entries(labels).flatMap(([label, value]) => (value === null ? [] : [`${label}="${value}"`]));
  return `${metric}{${told.join(",")}} #\n`;
}
