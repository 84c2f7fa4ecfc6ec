"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Chart } from "#components/charts/chart.tsx";
import { redSpecs } from "#components/charts/red-specs.ts";
import { changeTone, changeWord, observedWords, shortChange, undoWords } from "#components/changes/change-words.ts";
import { Button } from "#components/ui/button.tsx";
import { Chip } from "#components/ui/chip.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { Age } from "#components/ui/moment.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { asProblem } from "#lib/client/api-problem.ts";
import { formatQuantity, instantMs } from "#lib/client/format.ts";
import { stretchOf, windowEndWords } from "#lib/client/moment.ts";
import { redQuery } from "#lib/client/query-options.ts";
import { useAt } from "#lib/client/search-params.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useNow } from "#lib/client/use-now.ts";
import { useWriteRefusal } from "#lib/client/use-session.ts";
import { useUndoChange } from "#lib/client/use-steering.ts";
import type { Change } from "#lib/model/change.ts";

import { nameOfId } from "../model/names.ts";

const SHOWN_MS = 300_000;

/** The newest change: what it asked, how far it came, and the service's errors around it. */
export function LatestChange({ change }: { change: Change }) {
  const hrefTo = useHref();
  const end = useAt();
  const red = useQuery(redQuery({ subject: `service:${change.target}`, step: "5s", ...stretchOf(SHOWN_MS, end) }));
  const now = useNow();
  const at = instantMs(change.timings.acceptedAt ?? change.timings.askedAt);
  const chart = red.data?.value;
  const spec =
    chart === undefined || chart.series.length === 0
      ? null
      : redSpecs(chart, [chart.series[0]?.group ?? null], { marks: at === null ? [] : [{ t: at }], isCompact: true, height: 62 }).errors;
  const observed = observedWords(change);
  const name = nameOfId(change.target);
  return (
    <section className="panel px-4 py-3.5" aria-label="Latest change">
      <div className="flex items-baseline gap-2">
        <h2 className="flex-1 text-14 font-semi">Latest change</h2>
        <span className="text-12 text-text-3">
          <Age at={change.timings.askedAt} /> ago
        </span>
      </div>
      <p className="mt-1.5 text-14 font-semi">
        <EvidenceLink href={hrefTo("/change", { id: change.id })}>
          {name} {shortChange(change)}
        </EvidenceLink>
      </p>
      <p className="mt-2 flex flex-wrap gap-1.5">
        <Chip tone={changeTone(change.state)}>
          <StatusGlyph tone={changeTone(change.state)} />
          {changeWord(change)}
        </Chip>
        {observed === null ? null : <Chip>{observed}</Chip>}
      </p>
      {spec === null ? null : (
        <div className="mt-2.5">
          <p className="mb-0.5 text-12 text-text-3">
            Errors of {name}, %, {windowEndWords("5 min", end, now)}
          </p>
          <Chart spec={spec} />
        </div>
      )}
      {change.explanation === null ? null : <p className="mt-2 text-13">{change.explanation}</p>}
      {change.mend === null ? null : <p className="mt-1 text-13 text-text-2">{change.mend}</p>}
    </section>
  );
}

/** Takes the newest change back, after asking once more. */
export function RollBack({ change }: { change: Change }) {
  const [isAsking, setIsAsking] = useState(false);
  const refusal = useWriteRefusal();
  const undo = useUndoChange();
  const back = undoWords(change);
  const words = `${back.charAt(0).toUpperCase()}${back.slice(1)}`;
  const question =
    back === "" ? "Take it back?" : `${change.kind === "split" ? back : words}, on ${formatQuantity(change.live.of, "proxy", "proxies")}?`;
  const problem = undo.isError ? asProblem(undo.error) : null;
  return (
    <footer className="sticky bottom-0 border-t bg-surface px-4 pb-4 pt-3">
      {isAsking ? (
        <div className="flex gap-2">
          <span className="grid flex-1">
            <Button
              kind="primary"
              className="h-13 rounded-4 text-16"
              isDisabled={refusal !== null || undo.isPending}
              onClick={() => undo.mutate(change.id, { onSuccess: () => setIsAsking(false) })}
            >
              {undo.isPending ? "Taking it back…" : "Yes, roll back"}
            </Button>
          </span>
          <Button className="h-13 rounded-4 text-16" onClick={() => setIsAsking(false)}>
            No
          </Button>
        </div>
      ) : (
        <Button kind="primary" className="h-13 w-full rounded-4 text-16" isDisabled={refusal !== null} onClick={() => setIsAsking(true)}>
          <Icon name="undo" />
          Roll back change {change.id}
        </Button>
      )}
      <p role="status" className="mt-2 text-center text-12 text-text-3">
        {problem === null
          ? (refusal ?? (isAsking ? question : `Asks once more: “${question}”`))
          : `${problem.message} ${problem.mend ?? ""}`}
      </p>
    </footer>
  );
}
