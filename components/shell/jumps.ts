import { useQuery } from "@tanstack/react-query";

import { matchesFind } from "#components/ui/table-sort.ts";
import { changesQuery, proxiesQuery, routesQuery, servicesQuery } from "#lib/client/query-options.ts";
import { DEFAULT_WINDOW } from "#lib/client/search-params.ts";

/** A thing of the mesh that has a page. */
export interface Jump {
  kind: "service" | "route" | "proxy" | "change";
  /** Unique over all kinds. */
  key: string;
  id: string;
  title: string;
  detail: string;
}

const PATHS: Readonly<Record<Jump["kind"], string>> = {
  service: "/service",
  route: "/route",
  proxy: "/proxy",
  change: "/change",
};

export function jumpPath(jump: Jump): string {
  return PATHS[jump.kind];
}

/** Everything that can be jumped to, read only while somebody searches. */
export function useJumps(isOpen: boolean): Jump[] {
  const options = { enabled: isOpen, refetchInterval: false as const, staleTime: 10_000 };
  const services = useQuery({ ...servicesQuery(DEFAULT_WINDOW), ...options });
  const routes = useQuery({ ...routesQuery(), ...options });
  const proxies = useQuery({ ...proxiesQuery(), ...options });
  const changes = useQuery({ ...changesQuery(), ...options });
  const jump = (kind: Jump["kind"], id: string, title: string, detail: string): Jump => ({ kind, id, title, detail, key: `${kind} ${id}` });
  return [
    ...(services.data?.value.items ?? []).map((one) => jump("service", one.id, one.service, one.namespace ?? one.kind)),
    ...(routes.data?.value.items ?? []).map((one) => jump("route", one.id, one.host, one.config.location)),
    ...(proxies.data?.value.items ?? []).map((one) => jump("proxy", one.id, one.id, one.namespace ?? "")),
    ...(changes.data?.value.items ?? []).map((one) => jump("change", one.id, `change ${one.id}`, one.sentence)),
  ];
}

const MOST = 12;

/** The best few matches: those whose name begins with the text stand first. */
export function findJumps(jumps: readonly Jump[], text: string): Jump[] {
  const find = text.trim().toLowerCase();
  if (find === "") return [];
  const matches = jumps.filter((jump) => matchesFind(find, [jump.title, jump.id, jump.detail, jump.kind]));
  const rank = (jump: Jump) => (jump.title.toLowerCase().startsWith(find) ? 0 : 1);
  return matches.toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST);
}
