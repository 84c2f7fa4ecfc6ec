import { proxyId } from "./identity.ts";
import { calleesOf, JOBS, NAMESPACES, SERVICES, type Service } from "./services.ts";

/** One running copy of a service: an Envoy and, but for the gateway, an application. */
export interface Instance {
  readonly id: string;
  readonly service: string;
  readonly namespace: string;
  readonly version: string;
  /** Its own loopback address: what it dials from. */
  readonly address: string;
  readonly adminPort: number;
  readonly inboundPort: number;
  /** Where the application listens; 0 at the gateway, which has none. */
  readonly appPort: number;
  /** The proxy's port for each host the application calls. */
  readonly outboundPorts: Readonly<Record<string, number>>;
}

export interface MeshPlan {
  readonly instances: readonly Instance[];
  readonly cardNetworkPort: number;
  /** A port on which nobody listens: where the endpoints of a partitioned caller lead. */
  readonly unreachablePort: number;
  /** What each job outside the mesh dials from, by name: the only thing that the called proxy learns of it. */
  readonly jobAddresses: Readonly<Record<string, string>>;
  /** Where the exporter beside each application process listens, by namespace. */
  readonly exporterPorts: Readonly<Record<string, number>>;
}

const SHARED_ADDRESS = "127.0.0.1";

/** Lays the table out on addresses and ports. `nextPort` hands out free ports, `hasOwnAddresses` is false where only 127.0.0.1 exists. */
export function planMesh(nextPort: () => number, hasOwnAddresses: boolean): MeshPlan {
  const address = addressSupply(hasOwnAddresses);
  const instances = SERVICES.flatMap((service) =>
    service.versions.flatMap((version) =>
      Array.from({ length: service.replicas }, (_, ordinal) => planInstance(service, version, ordinal, address(), nextPort)),
    ),
  );
  const jobAddresses = Object.fromEntries(JOBS.map((job) => [job.name, hasOwnAddresses ? job.address : SHARED_ADDRESS]));
  const exporterPorts = Object.fromEntries(NAMESPACES.map((namespace) => [namespace, nextPort()]));
  return { instances, cardNetworkPort: nextPort(), unreachablePort: nextPort(), jobAddresses, exporterPorts };
}

function planInstance(service: Service, version: string, ordinal: number, address: string, nextPort: () => number): Instance {
  // The gateway forwards from its ingress listener: it has no application that would dial an outbound one.
  const hosts = service.hasApp ? calleesOf(service.name) : [];
  return {
    id: proxyId(service, version, ordinal),
    service: service.name,
    namespace: service.namespace,
    version,
    address,
    adminPort: nextPort(),
    inboundPort: nextPort(),
    appPort: service.hasApp ? nextPort() : 0,
    outboundPorts: Object.fromEntries(hosts.map((host) => [host, nextPort()])),
  };
}

function addressSupply(hasOwnAddresses: boolean): () => string {
  let last = 20;
  return () => {
    if (!hasOwnAddresses) return SHARED_ADDRESS;
    last += 1;
    const address = `127.0.1.${last}`;
    const holder = JOBS.find((job) => job.address === address);
    if (holder !== undefined) throw new Error(`${address} is taken by ${holder.name}`);
    return address;
  };
}

/** All instances of a service, or of one of its versions. */
export function instancesOf(plan: MeshPlan, service: string, version?: string): Instance[] {
  return plan.instances.filter((instance) => instance.service === service && (version === undefined || instance.version === version));
}
