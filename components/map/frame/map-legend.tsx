import type { ReactNode } from "react";

import { SourceBadge } from "#components/ui/source-badge.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import type { Sourced } from "#lib/model/evidence.ts";

/** How to read the map, and where its numbers come from. */
export function MapLegend({ answer }: { answer: Sourced<unknown> | undefined }) {
  return (
    <div className="pointer-events-none absolute inset-x-0 bottom-1 z-20 flex h-7 items-center gap-3.5 overflow-hidden pl-5 pr-4 text-11 text-text-3">
      <Part word="width">= requests/s</Part>
      <Part word="colour">
        = errors: <StatusGlyph tone="ok" /> under 0.5 % <StatusGlyph tone="warn" /> 0.5 % up <StatusGlyph tone="fail" /> 2 % up
      </Part>
      <Part word="dashes">= plaintext</Part>
      <Part word="base bar">= version share</Part>
      <span className="pointer-events-auto ml-auto bg-bg pl-2">
        <SourceBadge answer={answer} />
      </span>
    </div>
  );
}

function Part({ word, children }: { word: string; children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-[5px] whitespace-nowrap max-tablet:hidden">
      <b className="font-medium text-text-2">{word}</b>
      {children}
    </span>
  );
}
