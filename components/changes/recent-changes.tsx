"use client";

import { useQuery } from "@tanstack/react-query";

import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { ProblemState } from "#components/ui/problem-state.tsx";
import { StatusWord } from "#components/ui/status-word.tsx";
import { changesQuery } from "#lib/client/query-options.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useLastingError } from "#lib/client/use-lasting-error.ts";

import { changeTone, changeWord, shortChange } from "./change-words.ts";

const MOST = 6;

/** The newest changes of one route or of one service. */
export function RecentChanges({ routeId, target }: { routeId?: string; target?: string }) {
  const hrefTo = useHref();
  const changes = useQuery(changesQuery({ ...(routeId === undefined ? {} : { routeId }), ...(target === undefined ? {} : { target }) }));
  const failure = useLastingError(changes);
  const items = changes.data?.value.items ?? [];
  return (
    <Panel
      title="Changes"
      aside={
        <EvidenceLink href={hrefTo("/changes")} className="text-12 text-info-text">
          All
        </EvidenceLink>
      }
      answer={changes.data}
    >
      {failure !== null ? <ProblemState error={failure} what="The list of changes" onRetry={() => void changes.refetch()} /> : null}
      <ul className="pb-2 text-12">
        {changes.data !== undefined && items.length === 0 ? <li className="px-4 pb-2 text-text-2">None was made from here yet.</li> : null}
        {items.slice(0, MOST).map((change) => (
          <li key={change.id} className="flex min-h-(--row-h) flex-wrap items-center gap-x-3 border-t px-4 py-1">
            <EvidenceLink href={hrefTo("/change", { id: change.id })} className="font-medium">
              {shortChange(change)}
            </EvidenceLink>
            <StatusWord tone={changeTone(change.state)} isQuiet>
              {changeWord(change)}
            </StatusWord>
            <span className="ml-auto text-text-3">
              <Moment at={change.timings.askedAt} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
