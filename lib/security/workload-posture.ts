import type { AcceptedTransport, PeerIdentity, TlsPosture, WorkloadPosture } from "#lib/model/security.ts";
import { sumProxies, type ServiceFacts } from "#lib/model/topology.ts";
import type { ListenerFacts } from "#lib/model/security-facts.ts";

import { firstExpiries } from "./certificate-view.ts";
import type { SecurityPicture } from "./facts.ts";
import { countRefused } from "./refusals.ts";
import { placeOf, type Steering } from "./steering.ts";
import { joinDemands } from "./transport-verdict.ts";

export interface WorkloadFacts {
  services: readonly ServiceFacts[];
  picture: SecurityPicture;
  edges: readonly TlsPosture[];
  steering: Steering;
}

function acceptedBy(listeners: readonly ListenerFacts[]): AcceptedTransport[] {
  const distinct = new Map(listeners.flatMap(({ accepts }) => accepts).map((one) => [JSON.stringify(one), one]));
  return [...distinct].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

function byUri(identities: readonly PeerIdentity[]): PeerIdentity[] {
  const distinct = new Map(identities.map((identity) => [identity.uri, identity]));
  return [...distinct.values()].toSorted((a, b) => (a.uri < b.uri ? -1 : 1));
}

/** Nodes with proxies of their own: those that the topology knows, and those whose listeners are told. */
export function workloadIds(services: readonly ServiceFacts[], picture: Pick<SecurityPicture, "listeners">): string[] {
  const own = services.filter(({ kind }) => kind !== "external" && kind !== "unknown").map(({ id }) => id);
  return [...new Set([...own, ...picture.listeners.map(({ nodeId }) => nodeId)])].toSorted();
}

/** What each workload accepts, demands and presents, by id. */
export function buildWorkloads({ services, picture, edges, steering }: WorkloadFacts): WorkloadPosture[] {
  const known = new Map(services.map((service) => [service.id, service]));
  const listenersOf = Map.groupBy(picture.listeners, ({ nodeId }) => nodeId);
  const certificatesOf = Map.groupBy(picture.certificates, ({ nodeId }) => nodeId);
  const refusalsOf = Map.groupBy(picture.refusals, ({ target }) => target);
  const plaintextOf = Map.groupBy(
    edges.filter(
      ({ observed, callers }) => observed.plaintext > 0 || callers.some(({ transport, count }) => transport === "plaintext" && count > 0),
    ),
    ({ target }) => target,
  );
  const expiries = firstExpiries(picture.certificates);
  return workloadIds(services, picture).map((id) => {
    const listeners = listenersOf.get(id) ?? [];
    const service = known.get(id);
    const told = service?.demand ?? "unknown";
    const { place, reason } = placeOf(steering, id);
    const telling = new Set(listeners.map(({ proxyId }) => proxyId)).size;
    const proxies = service === undefined ? { n: telling, of: telling } : sumProxies(service);
    const refused = countRefused(refusalsOf.get(id) ?? []);
    return {
      id,
      demand: told === "unknown" ? joinDemands(listeners.map(({ demand }) => demand)) : told,
      accepts: acceptedBy(listeners),
      presents: byUri((certificatesOf.get(id) ?? []).filter(({ role }) => role === "workload").flatMap(({ identities }) => identities)),
      expiresAt: expiries.get(id) ?? null,
      plaintextCallers: [...new Set((plaintextOf.get(id) ?? []).map(({ source }) => source))].toSorted(),
      refused: refused === 0 && proxies.of === 0 ? null : refused,
      proxies,
      object: place === null ? null : { id: place.id, location: place.location },
      notSteerable: reason,
    };
  });
}
