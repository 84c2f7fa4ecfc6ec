import { formatQuantity } from "#lib/client/format.ts";

import type { Hull } from "../model/hull.ts";

export interface HullTitlesProps {
  hulls: readonly Hull[];
  /** Services per namespace, the collapsed ones included. */
  counts: ReadonlyMap<string, number>;
}

/** Names of the namespaces, each on its hull; parts of one namespace after the first carry the name alone. */
export function HullTitles({ hulls, counts }: HullTitlesProps) {
  return hulls.map((hull, index) => {
    const isFirst = hulls.findIndex((other) => other.namespace === hull.namespace) === index;
    return (
      <span
        key={`${hull.namespace} ${index}`}
        className="absolute origin-bottom-left whitespace-nowrap text-11 font-semi leading-none text-text-2"
        style={{ left: hull.title.x, top: hull.title.y, transform: "translateY(-100%) scale(max(1, var(--inverse-zoom, 1)))" }}
      >
        {hull.namespace}
        {isFirst ? (
          <span className="ml-1.5 font-regular text-text-3">{formatQuantity(counts.get(hull.namespace) ?? 0, "service")}</span>
        ) : null}
      </span>
    );
  });
}
