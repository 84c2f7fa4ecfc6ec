import { series } from "./exposition-server.ts";

/** Labels with their values; `null` = it is not there. */
export type Labels = Record<string, string | null>;

/** One edge, well told. */
export const PEERS: Labels = {
  reporter: "destination",
  source_workload: "web-v1",
  source_workload_namespace: "shop",
  source_canonical_service: "web",
  destination_workload: "cart-v1",
  destination_workload_namespace: "shop",
  destination_canonical_service: "cart",
  destination_canonical_revision: "v1",
  destination_service: "cart.shop.svc.cluster.local",
  destination_principal: "spiffe://cluster.local/ns/shop/sa/cart",
  request_protocol: "http",
  connection_security_policy: "mutual_tls",
};

/** Istio's metrics of one edge, some of whose labels are others, or gone. */
export function istio(labels: Labels = {}, { buckets = true }: { buckets?: boolean } = {}): string {
  const { le = "+Inf", ...own } = labels;
  const edge = { ...PEERS, ...own };
  const requests = { response_code: "200", response_flags: "-", ...edge };
  const duration = "istio_request_duration_milliseconds";
  return [
    series("istio_requests_total", requests),
    ...(buckets ? [series(`${duration}_bucket`, { ...edge, le })] : []),
    series(`${duration}_sum`, edge),
    series(`${duration}_count`, edge),
  ].join("");
}
