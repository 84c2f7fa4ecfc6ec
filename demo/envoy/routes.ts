import { CARD_NETWORK_CLUSTER, destinationsOf } from "../mesh/identity.ts";
import { CALLS, CARD_NETWORK, serviceNamed, type Service } from "../mesh/services.ts";

interface HostPolicy {
  readonly comment: string;
  readonly timeout: string;
  readonly retryOn: string;
  readonly retries: number;
  /** Weights by version, where the host has several. */
  readonly weights?: Readonly<Record<string, number>>;
  /** Names the host answers to besides its own. */
  readonly domains?: readonly string[];
}

const CONNECT_ONLY = "connect-failure,refused-stream";

/** How each host is called. Only `catalog` retries an answer, so that retries can be seen; `reviews` must not, or its failing candidate would hide. */
const POLICIES: Readonly<Record<string, HostPolicy>> = {
  frontend: { comment: "the shop's pages; read by the gateway alone", timeout: "15s", retryOn: CONNECT_ONLY, retries: 1, domains: ["*"] },
  catalog: {
    comment: "a 503 of catalog is worth a second try: it reads only",
    timeout: "5s",
    retryOn: `${CONNECT_ONLY},retriable-status-codes`,
    retries: 2,
  },
  cart: { comment: "not retried on answers: it writes", timeout: "5s", retryOn: CONNECT_ONLY, retries: 1 },
  checkout: { comment: "waits for the card network, so it may take a while", timeout: "12s", retryOn: CONNECT_ONLY, retries: 1 },
  reviews: {
    comment: "v2 asks ratings six times in a row; it is on trial with a tenth of the calls",
    timeout: "5s",
    retryOn: CONNECT_ONLY,
    retries: 1,
    weights: { v1: 90, v2: 10 },
  },
  ratings: { comment: "gRPC", timeout: "5s", retryOn: CONNECT_ONLY, retries: 1 },
  payments: { comment: "never retried on answers: it moves money", timeout: "10s", retryOn: CONNECT_ONLY, retries: 1 },
  ledger: { comment: "books what payments tells it; whoever else asks is refused there", timeout: "5s", retryOn: CONNECT_ONLY, retries: 1 },
  [CARD_NETWORK.name]: { comment: "outside the mesh, over TLS", timeout: "8s", retryOn: CONNECT_ONLY, retries: 1 },
};

/** Every host that is routed by a file: all that is called through a proxy but for plain TCP. */
export const ROUTED_HOSTS: readonly string[] = [...new Set(CALLS.map((call) => call.to))].filter(
  (host) => host === CARD_NETWORK.name || serviceNamed(host).protocol !== "tcp",
);

/** The route file of a host, written as a person would write it: its readers and editors are people and tools that must keep comments. */
export function routeFileText(host: string): string {
  const policy = POLICIES[host];
  if (policy === undefined) throw new Error(`the demo has no route policy for ${host}`);
  const codes = policy.retryOn.includes("retriable-status-codes") ? ", retriable_status_codes: [503]" : "";
  const domains = policy.domains ?? [host, `${host}:*`];
  return `# Routes of the host "${host}": ${policy.comment}.
# Every proxy that calls ${host} follows this file. Replace it by renaming a new file onto it:
# a change written in place is not seen.
version_info: "1"
resources:
  - "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
    name: ${host}
    validate_clusters: true # a cluster that a proxy does not know refuses the whole file
    virtual_hosts:
      - name: ${host}
        domains: [${domains.map((domain) => `"${domain}"`).join(", ")}]
        include_request_attempt_count: true
        routes:
          - name: ${host}-default
            match: { prefix: "/" }
            metadata: { filter_metadata: { weft: { revision: "1" } } }
            route:
              timeout: ${policy.timeout}
              retry_policy: { retry_on: "${policy.retryOn}", num_retries: ${policy.retries}${codes} }
${actionLines(host, policy)}
`;
}

function actionLines(host: string, policy: HostPolicy): string {
  const weights = policy.weights;
  if (weights === undefined) {
    const cluster = host === CARD_NETWORK.name ? CARD_NETWORK_CLUSTER : soleCluster(serviceNamed(host));
    return `              cluster: "${cluster}"`;
  }
  const legs = destinationsOf(serviceNamed(host)).map(({ cluster, version }, index) => {
    const comment = index === 0 ? "" : " # candidate, raise in steps";
    return `                  - { name: "${cluster}", weight: ${weights[version] ?? 0} }${comment}`;
  });
  return ["              weighted_clusters:", "                clusters:", ...legs].join("\n");
}

function soleCluster(service: Service): string {
  const [only, ...others] = destinationsOf(service);
  if (only === undefined || others.length > 0) throw new Error(`${service.name} has several versions and needs weights`);
  return only.cluster;
}
