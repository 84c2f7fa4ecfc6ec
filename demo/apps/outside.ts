import { poissonArrivals } from "../load/arrivals.ts";
import { visitors } from "../load/visitors.ts";
import { CARD_NETWORK, INTERNET } from "../mesh/services.ts";
import { httpApp } from "./http-server.ts";
import { outsideJob } from "./outside-job.ts";
import type { LoadSettings, OutsideConfig } from "./messages.ts";
import type { AppIdentity } from "./app-identity.ts";
import type { AppServer, Runtime } from "./runtime.ts";

export interface Outside {
  readonly servers: readonly AppServer[];
  setLoad(load: LoadSettings): void;
}

/** Everything that has no proxy: the card network, the small jobs, and the visitors. */
export function outside(runtime: Runtime, config: OutsideConfig): Outside {
  const { caCertificate, ingressPort } = config;
  const pages = poissonArrivals(runtime.seed, INTERNET, visitors({ runtime, ingressPort, caCertificate }));
  const jobs = config.jobs.map((one) => ({ ...one.job, arrivals: poissonArrivals(runtime.seed, one.job.name, outsideJob(runtime, one)) }));
  return {
    servers: [cardNetwork(runtime, config)],
    setLoad(load) {
      pages.setRate(load.running ? load.pagesPerSecond : 0);
      for (const { name, callsPerSecond, arrivals } of jobs)
        arrivals.setRate(load.running && load.jobs.includes(name) ? callsPerSecond : 0);
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
    tls: { cert: config.cardNetwork.certificate, key: config.cardNetwork.privateKey, minVersion: "TLSv1.3" },
  });
}
