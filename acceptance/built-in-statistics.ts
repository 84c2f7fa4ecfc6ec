import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { ScrapeJob } from "#peers/prometheus/start.ts";

import type { DemoState } from "./demo-mesh.ts";

type Proxy = DemoState["proxies"][number];

/** Envoys without the recommended logger, as a scraper meets them. */
export interface BuiltInStatistics {
  /** Each proxy twice, told apart by the label `tags`: `stock` as it is, `istio` as Istio's bootstrap has it named. */
  readonly jobs: ScrapeJob[];
  stop(): Promise<void>;
}

const FILTER = String.raw`^cluster\..*\.upstream_rq(_[1-5]xx|_[1-5][0-9][0-9]|_time)$`;

/**
 * Hands on what real proxies count by themselves, without what their loggers count. Under Istio's tags classes and codes of answers have one
 * name, labels have no prefix, and upstreams are called by the whole name of their host (istio/istio: bootstrap of 1.2x).
 */
export async function startBuiltInStatistics(proxies: readonly Proxy[], scrapeIntervalMs: number): Promise<BuiltInStatistics> {
  const namespaces = new Map(proxies.map(({ service, namespace }) => [service, namespace]));
  const kept = new Map<string, { atMs: number; text: Promise<string> }>();
  /** Both forms of one proxy are scraped within one interval: they show one moment. */
  const textOf = (proxy: Proxy): Promise<string> => {
    const known = kept.get(proxy.id);
    if (known !== undefined && performance.now() - known.atMs < scrapeIntervalMs / 2) return known.text;
    const text = fetch(`${proxy.adminUrl}/stats/prometheus?filter=${encodeURIComponent(FILTER)}`).then((response) => response.text());
    kept.set(proxy.id, { atMs: performance.now(), text });
    return text;
  };
  const server = createServer((request, response) => {
    const [, tags = "", id = ""] = (request.url ?? "").split("/");
    const proxy = proxies.find((one) => one.id === id);
    if (proxy === undefined) return response.writeHead(404).end();
    void textOf(proxy).then(
      (text) =>
        response
          .writeHead(200, { "content-type": "text/plain; version=0.0.4" })
          .end(tags === "istio" ? inIstiosWords(text, namespaces) : text),
      () => response.writeHead(502).end(),
    );
    return response;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    jobs: ["stock", "istio"].flatMap((tags) =>
      proxies.map(({ id, namespace, service, version }) => ({
        name: `${tags}/${id}`,
        targets: [target],
        path: `/${tags}/${id}`,
        labels: { namespace, service, version, pod: id, tags },
      })),
    ),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function inIstiosWords(text: string, namespaces: ReadonlyMap<string, string>): string {
  return text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n")
    .replaceAll(/upstream_rq_xx\{envoy_response_code_class="(\d)"/g, 'upstream_rq{response_code_class="$1xx"')
    .replaceAll('upstream_rq{envoy_response_code="', 'upstream_rq{response_code="')
    .replaceAll(/envoy_cluster_name="(outbound\|\d+\|\w*\|)([\w-]+)"/g, (_, start: string, service: string) => {
      const namespace = namespaces.get(service);
      return `cluster_name="${start}${service}${namespace === undefined ? "" : `.${namespace}.svc.cluster.local`}"`;
    })
    .replaceAll("envoy_cluster_name=", "cluster_name=");
}
