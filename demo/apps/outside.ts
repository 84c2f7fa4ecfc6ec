import { poissonArrivals } from "../load/arrivals.ts";
import { visitors } from "../load/visitors.ts";
import { CARD_NETWORK, INTERNET, LEGACY_REPORT } from "../mesh/services.ts";
import { httpApp } from "./http-server.ts";
import { legacyReport } from "./legacy-report.ts";
import type { LoadSettings, OutsideConfig } from "./messages.ts";
import type { AppIdentity } from "./app-identity.ts";
import type { AppServer, Runtime } from "./runtime.ts";

export interface Outside {
  readonly servers: readonly AppServer[];
  setLoad(load: LoadSettings): void;
}

/** Everything that has no proxy: the card network, the old report job, and the visitors. */
export function outside(runtime: Runtime, config: OutsideConfig): Outside {
  const { caCertificate, ingressPort } = config;
  const pages = poissonArrivals(runtime.seed, INTERNET, visitors({ runtime, ingressPort, caCertificate }));
  const reports = poissonArrivals(runtime.seed, LEGACY_REPORT.name, legacyReport(runtime, config.ledgerPort, config.legacyReportAddress));
  return {
    servers: [cardNetwork(runtime, config)],
    setLoad(load) {
      pages.setRate(load.running ? load.pagesPerSecond : 0);
      reports.setRate(load.running && load.plaintextCaller ? LEGACY_REPORT.callsPerSecond : 0);
    },
  };
}

function cardNetwork(runtime: Runtime, config: OutsideConfig): AppServer {
  const app: AppIdentity = {
    service: CARD_NETWORK.name,
    namespace: "external",
    version: null,
    id: CARD_NETWORK.name,
    address: "127.0.0.1",
  };
  return httpApp({
    runtime,
    app,
    port: config.cardNetworkPort,
    handler: () => Promise.resolve({ status: 200, body: { approved: true } }),
    tls: { cert: config.cardNetworkCertificate, key: config.cardNetworkKey, minVersion: "TLSv1.3" },
  });
}
