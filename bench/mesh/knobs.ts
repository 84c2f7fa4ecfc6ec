/** What a made-up mesh looks like. Shares are 0 to 1 and are drawn with the seed, so that 0 and 1 are exact. */
export interface MeshKnobs {
  /** Value of a label `mesh` on every series, by which several meshes in one store are told apart; `null` = no such label. */
  name: string | null;
  seed: number;
  services: number;
  /** Versions of each service; calls are spread over them evenly. */
  versions: number;
  namespaces: number;
  /** Pairs of a caller and what it calls. */
  edges: number;
  /** Pods of each workload and cluster; each has series of its own. */
  pods: number;
  /** Clusters that one store holds; every service runs in each, and a fifth of the calls leave theirs. */
  clusters: number;
  /** Share of edges on which some requests fail, and of these requests. */
  errorShare: number;
  errorRatio: number;
  /** Durations are log-normal: the median lies between these, milliseconds. */
  medianMs: readonly [number, number];
  spread: number;
  /** Requests, or connections, of an edge in each step. */
  perStep: readonly [number, number];
  /** How often counters move, milliseconds: the interval of a scrape. */
  stepMs: number;
  mtlsShare: number;
  grpcShare: number;
  tcpShare: number;
  /** Share of services in ambient mode, and of those the ones behind a waypoint. */
  ambientShare: number;
  waypointShare: number;
  /** Share of services in sidecars whose proxies do not tell what arrives. */
  silentShare: number;
  /** The last versions of each service, so many, whose proxies do not tell what arrives: they have none, or are not scraped. */
  silentVersions: number;
  /** The last clusters, so many, of which the store holds nothing. */
  silentClusters: number;
  /** Share of edges between sidecars on which connections are opened beside the requests, to another port. */
  secondPortShare: number;
  /** Share of edges that lead out of the mesh. */
  egressShare: number;
  /** Share of edges on which some requests reach nobody. */
  lostShare: number;
  /** Share of edges whose caller has no proxy and cannot be named. */
  bareCallerShare: number;
  /** Labels that configuration took away. */
  removedLabels: readonly string[];
}

const USUAL: MeshKnobs = {
  name: null,
  seed: 1,
  services: 12,
  versions: 1,
  namespaces: 3,
  edges: 30,
  pods: 1,
  clusters: 1,
  errorShare: 0.2,
  errorRatio: 0.05,
  medianMs: [2, 120],
  spread: 0.8,
  perStep: [40, 400],
  stepMs: 15_000,
  mtlsShare: 1,
  grpcShare: 0,
  tcpShare: 0,
  ambientShare: 0,
  waypointShare: 1,
  silentShare: 0,
  silentVersions: 0,
  silentClusters: 0,
  secondPortShare: 0,
  egressShare: 0,
  lostShare: 0,
  bareCallerShare: 0,
  removedLabels: [],
};

/** The usual small mesh, but for what is named. */
export function knobs(wanted: Partial<MeshKnobs> = {}): MeshKnobs {
  const made = { ...USUAL, ...wanted };
  const pairs = made.services * (made.services - 1);
  if (made.edges > pairs) throw new Error(`${made.services} services have ${pairs} pairs, not ${made.edges}`);
  return made;
}
