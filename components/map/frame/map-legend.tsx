import type { ReactNode } from "react";

import { SourceBadge } from "#components/ui/source-badge.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { LockGlyph } from "../nodes/lock-glyph.tsx";
import type { Sourced } from "#lib/model/evidence.ts";

/** How to read the map, and where its numbers come from. */
export function MapLegend({ answer }: { answer: Sourced<unknown> | undefined }) {
  return (
    <div className="pointer-events-none absolute inset-x-0 bottom-1 z-20 flex items-end gap-3.5 pl-5 pr-4 text-11 text-text-3">
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3.5 gap-y-0.5 pb-1.5">
        <Part word="width">= requests/s</Part>
        <Part word="colour">
          = errors: <StatusGlyph tone="ok" /> under 0.5 % <StatusGlyph tone="warn" /> 0.5 % up <StatusGlyph tone="fail" /> 2 % up
        </Part>
        <Part word="dashes">= plaintext, or no requests</Part>
        <Part word="base bar">= version share</Part>
        <Part word="locks">
          = <LockGlyph lock="mutual" /> mutual TLS <LockGlyph lock="plaintext" /> plaintext <LockGlyph lock="unknown" /> not known{" "}
          <LockGlyph lock="broken" /> refused or broken
        </Part>
      </div>
      <span className="pointer-events-auto bg-bg pl-2">
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
