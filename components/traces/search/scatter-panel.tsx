"use client";

import { useMemo, useState } from "react";

import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import { Panel } from "#components/ui/panel.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { SourceBadge } from "#components/ui/source-badge.tsx";
import { StatusWord } from "#components/ui/status-word.tsx";
import {
  NO_SELECTION,
  selecting,
  selectionBounds,
  selectionRequest,
  showingOnly,
  type TraceBounds,
  type TraceSearchChange,
  type TraceSearchState,
} from "#lib/client/trace-search-params.ts";
import type { TraceService, TraceSummary } from "#lib/model/trace.ts";
import { nameWords } from "#lib/traces/words.ts";

import { boundsWords } from "./bounds-form.ts";
import { heldToLoaded } from "./brush.ts";
import { canaryPreset } from "./canary-preset.ts";
import { Scatter } from "./scatter.tsx";
import { SelectionBar } from "./selection-bar.tsx";
import { SelectionForm } from "./selection-form.tsx";
import { isSelected, type TraceList } from "./use-trace-list.ts";

const AXES = [
  { value: "log", label: "Log" },
  { value: "linear", label: "Linear" },
] as const;

export interface ScatterPanelProps {
  list: TraceList;
  state: TraceSearchState;
  /** What the top bar chose, as a fixed stretch is compared with it. */
  pin: string;
  services: readonly TraceService[];
  onChange: (change: TraceSearchChange) => void;
  onOpen: (trace: TraceSummary) => void;
}

/** The plot, the ways to select in it, and what can be done with a selection. */
export function ScatterPanel({ list, state, pin, services, onChange, onOpen }: ScatterPanelProps) {
  const [isByNumbers, setIsByNumbers] = useState(false);
  const { rows, domain } = list;
  const bounds = selectionBounds(state);
  const hasSelection = selectionRequest(state) !== null;
  const selected = useMemo(
    () => (hasSelection && rows !== undefined ? new Set(rows.filter((trace) => isSelected(trace, state)).map((trace) => trace.id)) : null),
    [hasSelection, rows, state],
  );
  const preset = canaryPreset(state, services);
  const select = (next: TraceBounds) => {
    if (domain === null) return;
    const held = list.isCut ? heldToLoaded(next, Math.ceil(domain[0])) : next;
    onChange({ ...selecting(held, domain, pin), diff: null });
  };
  return (
    <Panel
      title="Duration over start"
      aside={
        <span className="flex flex-wrap items-center gap-3 text-11">
          <StatusWord tone="fail" isQuiet>
            failed
          </StatusWord>
          <span className="inline-flex items-center gap-[5px] text-text-2">
            <span aria-hidden="true" className="size-[7px] rounded-full bg-spark" />
            did not fail
          </span>
          <span className="text-text-3 max-tablet:hidden">drag to select</span>
        </span>
      }
      badge={
        <span className="flex flex-wrap items-center gap-2">
          <SourceBadge answer={list.query.data} />
          {preset === null ? null : (
            <Button isSmall onClick={() => onChange({ ...NO_SELECTION, ...preset.change })}>
              {preset.label}
            </Button>
          )}
          <Button kind="quiet" isSmall aria-expanded={isByNumbers} onClick={() => setIsByNumbers(!isByNumbers)}>
            Select by numbers
          </Button>
          <Segmented label="Scale of durations" value={state.scale} options={AXES} onChange={(scale) => onChange({ scale })} />
        </span>
      }
    >
      {isByNumbers && domain !== null ? (
        // Other bounds are other fields: a new selection starts them anew.
        <SelectionForm key={JSON.stringify(bounds)} bounds={bounds} domain={domain} onSelect={select} />
      ) : null}
      <div className={cx("px-2 pb-1", list.isChanging && "opacity-60")}>
        {rows === undefined || domain === null ? (
          <div className="h-52" aria-busy="true" />
        ) : (
          <Scatter
            traces={rows}
            fromMs={domain[0]}
            toMs={domain[1]}
            axis={state.scale}
            bounds={bounds}
            selected={selected}
            onSelect={select}
            onOpen={onOpen}
          />
        )}
      </div>
      {selected === null ? null : (
        <SelectionBar
          words={selectionWords(state, bounds)}
          count={selected.size}
          isCompared={state.diff}
          onShowOnly={() => onChange(showingOnly(state, pin))}
          onCompare={() => onChange({ diff: !state.diff })}
          onClear={() => onChange(NO_SELECTION)}
        />
      )}
    </Panel>
  );
}

function selectionWords(state: TraceSearchState, bounds: TraceBounds | null): string {
  const version =
    state.selVersion === "" ? "" : `with ${state.service === "" ? "a service" : nameWords(state.service)} ${nameWords(state.selVersion)}`;
  return [version, bounds === null ? "" : boundsWords(bounds)].filter((part) => part !== "").join(", ");
}
