import { serviceId, unknownId } from "#lib/model/ids.ts";

/** Id on the graph of a service that is known from its spans. */
export function nodeIdOf(service: string, namespace: string | null): string {
  return namespace === null ? unknownId(service) : serviceId(namespace, service);
}
