import { versionOrder } from "#lib/client/version-order.ts";
import { formatCount } from "#lib/client/format.ts";
import type { TraceService } from "#lib/model/trace.ts";

/** A name that a field offers. */
export interface NameOption {
  value: string;
  /** What tells it apart from its like: a namespace, a kind, a number of spans. */
  detail: string;
}

/** How a service is asked for: by its name alone where that is unambiguous, else with its namespace. */
function askedAs(service: TraceService, all: readonly TraceService[]): string {
  const isShared = all.some((other) => other !== service && other.service === service.service);
  return isShared && service.namespace !== null ? `${service.namespace}/${service.service}` : service.service;
}

/** The services that a text of the service field means; a text without a namespace may mean several. */
export function servicesMeant(text: string, all: readonly TraceService[]): TraceService[] {
  return all.filter((one) => text === one.service || (one.namespace !== null && text === `${one.namespace}/${one.service}`));
}

export function serviceOptions(all: readonly TraceService[]): NameOption[] {
  return all
    .map((one) => ({ value: askedAs(one, all), detail: one.namespace ?? "" }))
    .toSorted((a, b) => a.value.localeCompare(b.value, "en"));
}

/** Operations of the services that are meant, of all where none is; those with most spans first. */
export function operationOptions(service: string, all: readonly TraceService[]): NameOption[] {
  const spans = new Map<string, { spans: number | null; of: Set<string> }>();
  for (const one of service === "" ? all : servicesMeant(service, all)) {
    for (const operation of one.operations) {
      const known = spans.get(operation.name) ?? { spans: null, of: new Set() };
      known.of.add(one.service);
      if (operation.spans !== null) known.spans = (known.spans ?? 0) + operation.spans;
      spans.set(operation.name, known);
    }
  }
  return [...spans.entries()]
    .toSorted(([a, left], [b, right]) => (right.spans ?? 0) - (left.spans ?? 0) || a.localeCompare(b, "en"))
    .map(([value, { spans, of }]) => {
      const count = spans === null ? "" : `${formatCount(spans)} ${spans === 1 ? "span" : "spans"}`;
      const [first = ""] = of;
      const whose = service !== "" ? "" : of.size > 1 ? `${of.size} services` : first;
      return { value, detail: [whose, count].filter((part) => part !== "").join(", ") };
    });
}

/** Versions of the services that are meant, in the order of their colours. */
export function versionsMeant(service: string, all: readonly TraceService[]): string[] {
  const versions = (service === "" ? all : servicesMeant(service, all)).flatMap((one) => one.versions);
  return versionOrder(versions).filter((version) => version !== null);
}

export function versionOptions(service: string, all: readonly TraceService[]): NameOption[] {
  return versionsMeant(service, all).map((value) => ({ value, detail: "" }));
}
