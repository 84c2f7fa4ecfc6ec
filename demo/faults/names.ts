import { CARD_NETWORK, SERVICES } from "../mesh/services.ts";

/** The names under which faults are kept: the service where it has one version, `service@version` where it has several. */
export interface FaultNames {
  readonly apps: readonly string[];
  /** Applications that can be slow or answer errors: all but the TCP one. */
  readonly answering: readonly string[];
  readonly services: readonly string[];
  readonly proxies: readonly string[];
}

const withApp = SERVICES.filter((service) => service.hasApp);

function keysOf(service: (typeof SERVICES)[number]): string[] {
  return service.versions.length === 1 ? [service.name] : service.versions.map((version) => `${service.name}@${version}`);
}

export function faultNames(proxies: readonly string[]): FaultNames {
  return {
    apps: [...withApp.flatMap(keysOf), CARD_NETWORK.name],
    answering: [...withApp.filter((service) => service.protocol !== "tcp").flatMap(keysOf), CARD_NETWORK.name],
    services: SERVICES.map((service) => service.name),
    proxies,
  };
}

/** The kept names that a name in a request means: `reviews` means both its versions, `ratings@v1` means `ratings`. Empty: none. */
export function resolveApp(name: string, known: readonly string[]): string[] {
  const [service = "", version] = name.split("@");
  if (version === undefined) return known.filter((key) => key === service || key.startsWith(`${service}@`));
  if (known.includes(name)) return [name];
  const sole = SERVICES.find((candidate) => candidate.name === service && candidate.versions.length === 1);
  return sole?.versions[0] === version && known.includes(service) ? [service] : [];
}

export function isGrpc(name: string): boolean {
  const [service] = name.split("@");
  return SERVICES.some((candidate) => candidate.name === service && candidate.protocol === "grpc");
}
