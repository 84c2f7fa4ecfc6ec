import { serverName, spiffeId } from "../mesh/identity.ts";
import { CARD_NETWORK, type Service } from "../mesh/services.ts";
import type { LeafRequest } from "./authority.ts";

/** What is wrong with a service's certificate, if anything. */
export type CertificateState = "valid" | "expired" | "wrong-san";

/** The certificate request of a mesh service. The gateway's also carries the names under which visitors reach it. */
export function serviceLeaf(service: Service, state: CertificateState): LeafRequest {
  const identity = state === "wrong-san" ? `spiffe://elsewhere.mesh/ns/${service.namespace}/sa/${service.name}` : spiffeId(service);
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
    expired: state === "expired",
  };
}

export const CARD_NETWORK_LEAF: LeafRequest = { commonName: CARD_NETWORK.name, names: [{ type: "dns", value: CARD_NETWORK.name }] };
