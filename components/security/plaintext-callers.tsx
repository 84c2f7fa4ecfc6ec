"use client";

import { Icon } from "#components/ui/icon.tsx";
import { Age } from "#components/ui/moment.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { ScrollRegion } from "#components/ui/scroll-region.tsx";
import { nameOfId } from "#components/map/model/names.ts";
import { formatPercent } from "#lib/client/format.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { SecurityReport } from "#lib/model/security.ts";

import { EdgeNames } from "./edge-columns.tsx";
import { plaintextCallers, seenOf, type PlaintextCaller } from "./edge-rows.ts";
import { Lines } from "./refusal-list.tsx";
import { RowOpener } from "./row-opener.tsx";
import { callsWords } from "./security-words.ts";

/** Everyone who was seen to call in plaintext, by name where one is known. Nobody seen is said as that, not as safety. */
export function PlaintextCallers({ answer }: { answer: Sourced<SecurityReport> | undefined }) {
  const callers = answer === undefined ? undefined : plaintextCallers(answer.value.edges);
  return (
    <Panel title="Plaintext callers" answer={answer} className="min-h-[96px]">
      {callers === undefined ? <Lines /> : null}
      {callers?.length === 0 && answer !== undefined ? <p className="px-4 pb-3 text-12 text-text-2">{nobodyWords(answer.value)}</p> : null}
      {callers === undefined || callers.length === 0 ? null : (
        <ScrollRegion label="Plaintext callers" className="max-h-72 overflow-auto">
          <ul className="grid gap-3 px-4 pb-3">
            {callers.map((caller) => (
              <li key={caller.key}>
                <Caller caller={caller} />
              </li>
            ))}
          </ul>
        </ScrollRegion>
      )}
    </Panel>
  );
}

function nobodyWords({ edges, observedSince }: SecurityReport): string {
  if (observedSince === null) return "Callers are not watched: no proxy tells who calls it. Somebody may call in plaintext all the same.";
  const seen = edges.filter((edge) => seenOf(edge) > 0).length;
  if (seen === 0) return "No call was seen in this window, over whatever transport.";
  return `Nobody was seen to call in plaintext on the ${seen === 1 ? "one edge" : `${seen} edges`} where calls were seen.`;
}

function Caller({ caller: { edge, address, count, lastSeen, share } }: { caller: PlaintextCaller }) {
  const hasNoProxy = parseNodeId(edge.source).kind === "unknown";
  return (
    <>
      <span className="flex items-center gap-2">
        <Icon name="unlock" className="text-warn-text" />
        <span className="min-w-0 flex-1 text-13">
          <RowOpener id={edge.id}>
            <EdgeNames source={edge.source} target={edge.target} />
          </RowOpener>
        </span>
        <span>{callsWords(count, edge.protocol)}</span>
      </span>
      <span className="mt-0.5 block text-12 text-text-2">
        {[address, hasNoProxy ? "no proxy of its own is known" : null].filter((part) => part !== null).map((part) => `${part}, `)}
        {lastSeen === null ? (
          "when it called last is not known."
        ) : (
          <>
            last call <Age at={lastSeen} /> ago.
          </>
        )}
        {share === null ? "" : ` ${formatPercent(share)} of what was seen coming to ${nameOfId(edge.target)}.`}
      </span>
    </>
  );
}
