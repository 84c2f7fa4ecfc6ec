import { FOREIGN_TRUST_DOMAIN, serverName, spiffeId, TRUST_DOMAIN } from "../mesh/identity.ts";
import { CARD_NETWORK, type Job, type Service } from "../mesh/services.ts";
import type { LeafRequest } from "./authority.ts";

export const CERTIFICATE_STATES = ["valid", "expiring", "expired", "wrong-san"] as const;
/** What is the matter with a service's certificate, if anything. `expiring`: it works, and ends within minutes. */
export type CertificateState = (typeof CERTIFICATE_STATES)[number];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

type Life = Pick<LeafRequest, "ageMs" | "leftMs">;

/** Two hours, begun five minutes ago: a clock that was set back a little must not make it a certificate of the future. */
const FRESH: Life = { ageMs: 5 * MINUTE_MS, leftMs: 115 * MINUTE_MS };
const LIVES: Readonly<Record<CertificateState, Life>> = {
  valid: FRESH,
  "wrong-san": FRESH,
  expiring: { ageMs: 24 * HOUR_MS, leftMs: 15 * MINUTE_MS },
  expired: { ageMs: 3 * HOUR_MS, leftMs: -HOUR_MS },
};
/** What stands outside the mesh is renewed by nobody. */
const OUTSIDE: Life = { ageMs: HOUR_MS, leftMs: 30 * 24 * HOUR_MS };

/** With what the demo begins: one certificate is always near its end, so that this can be seen without breaking anything. */
export function firstState(service: string): CertificateState {
  return service === "ratings" ? "expiring" : "valid";
}

/** The certificate request of a mesh service. The gateway's also carries the names under which visitors reach it. */
export function serviceLeaf(service: Service, state: CertificateState): LeafRequest {
  const identity = spiffeId(service, state === "wrong-san" ? FOREIGN_TRUST_DOMAIN : TRUST_DOMAIN);
  const visitors: LeafRequest["names"] = service.hasApp
    ? []
    : [
        { type: "dns", value: "localhost" },
        { type: "dns", value: "shop.demo.mesh" },
        { type: "ip", value: "127.0.0.1" },
      ];
  return {
    commonName: service.name,
    names: [{ type: "url", value: identity }, { type: "dns", value: serverName(service) }, ...visitors],
    ...LIVES[state],
  };
}

export const CARD_NETWORK_LEAF: LeafRequest = {
  commonName: CARD_NETWORK.name,
  names: [{ type: "dns", value: CARD_NETWORK.name }],
  ...OUTSIDE,
};

/** Signed by the mesh's own authority, for a name that the mesh accepts from nobody. */
export function foreignLeaf(job: Job): LeafRequest {
  const identity = spiffeId({ namespace: "outside", name: job.name }, FOREIGN_TRUST_DOMAIN);
  return { commonName: job.name, names: [{ type: "url", value: identity }], ...OUTSIDE };
}
