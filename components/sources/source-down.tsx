"use client";

import { EmptyState } from "#components/ui/empty-state.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { asSentence, formatSpan } from "#lib/client/format.ts";
import { useNow } from "#lib/client/use-now.ts";
import type { SourceStatus } from "#lib/model/source.ts";

import { stillLive } from "./source-words.ts";

export interface SourceDownProps {
  source: SourceStatus;
  all: readonly SourceStatus[];
}

/** A source that does not answer: since when, why, what is missing for it, and what still works. */
export function SourceDown({ source, all }: SourceDownProps) {
  const now = useNow();
  const live = stillLive(all);
  return (
    <section className="panel" aria-label={`${source.id} is down`}>
      <EmptyState tone="fail" title={`${source.id} has been down for ${formatSpan(now - Date.parse(source.since))}`}>
        <p>
          {asSentence(source.lastError ?? "It does not answer")} {asSentence(source.mend)}
        </p>
        <div className="mt-4 grid gap-5 text-text tablet:grid-cols-2">
          <div>
            <h2 className="mb-1.5 font-semi">Missing until it is back</h2>
            <ul className="grid gap-1.5 text-12">
              {source.dims.map((dim) => (
                <li key={dim} className="flex items-center gap-2">
                  <StatusGlyph tone="unk" />
                  {dim}
                </li>
              ))}
            </ul>
          </div>
          <div>
            <h2 className="mb-1.5 font-semi">{live.length === 0 ? "Nothing else answers" : "Still live"}</h2>
            <ul className="grid gap-1.5 text-12">
              {live.map((one) => (
                <li key={one.source} className="flex items-center gap-2">
                  <StatusGlyph tone="ok" />
                  <span>
                    {one.text} <span className="text-text-2">({one.source})</span>
                  </span>
                </li>
              ))}
            </ul>
          </div>
        </div>
      </EmptyState>
    </section>
  );
}
