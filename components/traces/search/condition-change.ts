import type { TraceSearchChange, TraceSearchState } from "#lib/client/trace-search-params.ts";
import type { Difference } from "#lib/model/trace.ts";
import type { TraceFacets } from "#lib/traces/facets.ts";

import { toggleTerm } from "./term-change.ts";

/** One value of a facet: how often it is met, whether it narrows the search now, and what a press on it changes. */
export interface FacetChoice {
  key: string;
  /** Whose it is, where the value alone does not say it. */
  of: string | null;
  name: string;
  traces: number;
  failed: number;
  isChosen: boolean;
  change: TraceSearchChange;
}

export interface FacetGroup {
  title: "Service" | "Root operation" | "Version" | "Status";
  choices: FacetChoice[];
}

interface Named {
  service: string;
  namespace: string | null;
}

function isAskedFor({ service, namespace }: Named, asked: string): boolean {
  return asked === service || (namespace !== null && asked === `${namespace}/${service}`);
}

/** How a service is asked for: with its namespace only where another has the same name. */
function askedAs({ service, namespace }: Named, all: readonly Named[]): string {
  const isShared = all.some((other) => other.service === service && other.namespace !== namespace);
  return isShared && namespace !== null ? `${namespace}/${service}` : service;
}

/** What the loaded traces are made of, as things to press: once to narrow, again to take it away. */
export function facetGroups({ services, operations, versions, status }: TraceFacets, state: TraceSearchState): FacetGroup[] {
  const serviceOf = (one: Named) => askedAs(one, services);
  return [
    {
      title: "Service",
      choices: services.map((one) => {
        const isChosen = isAskedFor(one, state.service);
        const change = { service: isChosen ? null : serviceOf(one), operation: null, version: null };
        const { traces, failed } = one;
        return { key: `${one.namespace ?? ""}/${one.service}`, of: null, name: serviceOf(one), traces, failed, isChosen, change };
      }),
    },
    {
      title: "Root operation",
      choices: operations.map((one) => {
        const isChosen = isAskedFor(one, state.service) && one.operation === state.operation;
        const change = isChosen ? { operation: null } : { service: serviceOf(one), operation: one.operation, version: null };
        const { traces, failed } = one;
        return { key: `${one.service} ${one.operation}`, of: serviceOf(one), name: one.operation, traces, failed, isChosen, change };
      }),
    },
    {
      title: "Version",
      choices: versions.map((one) => {
        const isSame = isAskedFor(one, state.service);
        const isChosen = isSame && one.version === state.version;
        const narrower = { service: serviceOf(one), version: one.version, ...(isSame ? {} : { operation: null }) };
        const { traces, failed } = one;
        const change = isChosen ? { version: null } : narrower;
        return { key: `${one.service} ${one.version}`, of: serviceOf(one), name: one.version, traces, failed, isChosen, change };
      }),
    },
    {
      title: "Status",
      choices: (["error", "ok"] as const)
        .filter((one) => status[one] > 0 || state.status === one)
        .map((one) => ({
          key: one,
          of: null,
          name: one === "error" ? "failed" : "not failed",
          traces: status[one],
          failed: one === "error" ? status.error : 0,
          isChosen: state.status === one,
          change: { status: state.status === one ? null : one },
        })),
    },
  ];
}

/** What a press on a value of a difference asks for: the traces that have it. */
export function changeOfValue(
  { service, key }: Pick<Difference, "service" | "key">,
  value: string,
  state: TraceSearchState,
): TraceSearchChange {
  if (service === null) {
    if (key === "service") return { service: value, operation: null, version: null };
    if (key === "error") return { status: value === "true" ? "error" : "ok" };
    return { operation: value };
  }
  const name = state.service.slice(state.service.lastIndexOf("/") + 1);
  // One span must meet every condition: those on another service's spans cannot hold beside this one.
  const base: TraceSearchChange = name === service ? {} : { service, operation: null, version: null, q: null };
  if (key === "version") return { ...base, version: value };
  if (key === "operation") return { ...base, operation: value };
  if (key === "error") return { ...base, status: value === "true" ? "error" : "ok" };
  return { ...base, q: toggleTerm(name === service ? state.q : "", { key, value, isNegated: false }) };
}
