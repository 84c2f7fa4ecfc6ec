import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { toneOf } from "#components/ui/tone.ts";
import { formatCount, formatQuantity } from "#lib/client/format.ts";

import type { DrawnNamespace } from "../model/drawn-graph.ts";
import { ErrorFigure, RateFigure } from "./node-figures.tsx";

export interface NamespaceCardProps {
  drawn: DrawnNamespace;
}

const SHOWN = ["unknown", "healthy"] as const;

/** A whole namespace as one card: how many services in which status, and their requests together. */
export function NamespaceCard({ drawn }: NamespaceCardProps) {
  return (
    <>
      <span className="flex h-4 items-center gap-[5px]">
        <span className="min-w-0 flex-1 truncate text-13 font-semi">{drawn.namespace}</span>
        <span className="text-11 text-text-3">{formatQuantity(drawn.members, "service")}</span>
      </span>
      <span className="mt-1.5 flex h-4 items-baseline justify-between text-12 font-medium">
        <RateFigure rate={drawn.rate} />
        <ErrorFigure ratio={drawn.errorRatio} status={drawn.status} />
      </span>
      <span className="mt-2 flex items-center gap-3 text-11 text-text-2">
        {SHOWN.filter((status) => drawn.counts[status] > 0).map((status) => (
          <span key={status} className="flex items-center gap-1 whitespace-nowrap">
            <StatusGlyph tone={toneOf(status)} />
            {formatCount(drawn.counts[status])} {status}
          </span>
        ))}
      </span>
    </>
  );
}
