import type { Edge } from "./edges.ts";
import { NO_REVISION } from "./peers.ts";

export type Reporter = "destination" | "waypoint" | "source";

/** What one reporter tells of an edge and one version of its target. */
export interface Report {
  edge: Edge;
  version: string | null;
  reporter: Reporter;
  /** Its caller says that it reached nobody. */
  isNeverArrived: boolean;
  /** Its caller tells of it, and its destination tells nothing. */
  isSilent: boolean;
}

const RANK: Readonly<Record<Reporter, number>> = { destination: 0, waypoint: 1, source: 2 };

/**
 * Who counts what: of several reporters of an edge the strongest, and its callers for versions of the target of which nobody tells
 * where they arrive, as those without a proxy. A request that reached nobody is told by its caller and says nothing about that.
 */
export class Counters {
  readonly #strongest = new Map<Edge, Reporter>();
  /** Versions that tell of themselves, of edges of which callers tell too. */
  readonly #versions = new Map<Edge, Set<string | null>>();

  constructor(reports: readonly Report[]) {
    const arrived = reports.filter(({ isNeverArrived }) => !isNeverArrived);
    for (const { edge, reporter } of arrived) {
      const known = this.#strongest.get(edge);
      if (known === undefined || RANK[reporter] < RANK[known]) this.#strongest.set(edge, reporter);
    }
    for (const { edge, reporter, isSilent } of arrived) {
      if (reporter === "source" && !isSilent && this.#strongest.get(edge) !== "source") this.#versions.set(edge, new Set());
    }
    if (this.#versions.size === 0) return;
    for (const { edge, reporter, version } of arrived) if (reporter !== "source") this.#versions.get(edge)?.add(version);
  }

  /** `undefined` = nothing ever arrived. */
  strongest(edge: Edge): Reporter | undefined {
    return this.#strongest.get(edge);
  }

  isCounted({ edge, version, reporter, isSilent }: Report): boolean {
    if (isSilent || reporter === this.#strongest.get(edge)) return true;
    if (reporter !== "source") return false;
    const told = this.#versions.get(edge);
    // A caller that does not know the version may mean any, and a proxy without one may be any.
    return told !== undefined && version !== null && version !== NO_REVISION && !told.has(version) && !told.has(null);
  }
}
