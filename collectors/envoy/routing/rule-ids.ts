interface NamedRoutes {
  virtual_hosts: readonly { name: string; routes: readonly { name: string }[] }[];
}

/** Where a rule stands in a route configuration. */
export interface RulePlace {
  id: string;
  host: number;
  route: number;
}

/**
 * An id for every route of a configuration: `<virtual host>/<route name, else its index>`. The same rule names it in the
 * file and in what a proxy tells; a name used twice gets its position appended.
 */
export function rulePlaces(config: NamedRoutes): RulePlace[] {
  const places: RulePlace[] = [];
  const taken = new Set<string>();
  for (const [host, virtualHost] of config.virtual_hosts.entries()) {
    for (const [route, { name }] of virtualHost.routes.entries()) {
      const plain = `${virtualHost.name}/${name === "" ? route : name}`;
      const id = taken.has(plain) ? `${plain}#${host}.${route}` : plain;
      taken.add(id);
      places.push({ id, host, route });
    }
  }
  return places;
}
