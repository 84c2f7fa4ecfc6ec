import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { SourceBadge } from "#components/ui/source-badge.tsx";
import { StatusWord } from "#components/ui/status-word.tsx";
import { formatQuantity } from "#lib/client/format.ts";
import { useHref } from "#lib/client/use-href.ts";
import type { Sourced } from "#lib/model/evidence.ts";

import type { TraceView } from "../waterfall/trace-view.ts";

export interface TraceHeaderProps {
  view: TraceView;
  answer: Sourced<unknown>;
}

/** The trace in one sentence, where it comes from, and what its caller got. */
export function TraceHeader({ view, answer }: TraceHeaderProps) {
  const hrefTo = useHref();
  const { trace, verdict } = view;
  return (
    <div className="flex min-h-11 flex-none gap-x-6 gap-y-1 max-tablet:flex-col">
      <div className="min-w-0 flex-1">
        <p className="flex min-h-[17px] flex-wrap items-center gap-x-1.5 text-12 text-text-3">
          <EvidenceLink href={hrefTo("/traces")}>Traces</EvidenceLink> /
          <span className="font-mono" title={trace.id}>
            {trace.id.slice(0, 8)}
          </span>
          <span>
            · <Moment at={trace.startedAt} /> · {formatQuantity(view.nodes.length, "span")} · {formatQuantity(view.services, "service")}
          </span>
          <SourceBadge answer={answer} className="ml-2" />
        </p>
        <h1 className="text-20 font-semi leading-tight tracking-[-0.012em]">
          <ForeignText text={view.headline} />
        </h1>
      </div>
      {verdict === null ? null : (
        <StatusWord tone={verdict.tone} className="h-[17px] flex-none text-12">
          {verdict.words}
        </StatusWord>
      )}
    </div>
  );
}
