"use client";

import { FindToken } from "#components/shell/find-box.tsx";
import { Button } from "#components/ui/button.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { formatMoment } from "#lib/client/format.ts";
import {
  fixedStretch,
  hasConditions,
  NO_CONDITIONS,
  NO_SELECTION,
  NO_STRETCH,
  type TraceSearchChange,
  type TraceSearchState,
} from "#lib/client/trace-search-params.ts";
import { SETTLE_MS } from "#lib/client/trace-queries.ts";
import { useNow } from "#lib/client/use-now.ts";
import type { TraceService } from "#lib/model/trace.ts";
import type { PastedId } from "#lib/traces/pasted-id.ts";

import { durationWords } from "./bounds-form.ts";
import { DurationField } from "./duration-field.tsx";
import { NameField } from "./name-field.tsx";
import { operationOptions, serviceOptions, versionOptions } from "./name-options.ts";
import { SourceField } from "./source-field.tsx";
import { TermField } from "./term-field.tsx";

export interface SearchBarProps {
  state: TraceSearchState;
  /** What the top bar chose, as a fixed stretch is compared with it. */
  pin: string;
  isPast: boolean;
  /** What the fields offer; empty until it is known. */
  services: readonly TraceService[];
  /** What the server says is wrong with the attribute terms; `null` = nothing. */
  refusal: string | null;
  onChange: (change: TraceSearchChange) => void;
  onOpen: (id: PastedId) => void;
}

const STATUSES = [
  { value: "any", label: "Any" },
  { value: "error", label: "Failed" },
  { value: "ok", label: "Not failed" },
] as const;

/** Every condition on traces in one place. What is drawn as a selection falls when a condition changes: it was over other traces. */
export function SearchBar({ state, pin, isPast, services, refusal, onChange, onOpen }: SearchBarProps) {
  const narrow = (change: TraceSearchChange) => onChange({ ...NO_SELECTION, ...change });
  return (
    <search aria-label="Traces" className="panel flex flex-none flex-col gap-2 px-4 py-3">
      <div className="flex gap-3 max-tablet:flex-col">
        <TermField value={state.q} refusal={refusal} onCommit={(q) => narrow({ q })} onOpen={onOpen} />
        <SourceField value={state.source} onCommit={(source) => narrow({ source })} />
      </div>
      <div className="grid grid-cols-[minmax(0,1.2fr)_minmax(0,1.6fr)_minmax(0,0.8fr)_auto_minmax(0,0.7fr)_minmax(0,0.7fr)] items-start gap-3 max-desk:grid-cols-3 max-tablet:grid-cols-2">
        <NameField
          label="Service"
          placeholder="any"
          value={state.service}
          options={serviceOptions(services)}
          // An operation or a version of one service is seldom one of another.
          onCommit={(service) => narrow({ service, operation: null, version: null })}
        />
        <NameField
          label="Operation"
          placeholder="any"
          value={state.operation}
          options={operationOptions(state.service, services)}
          onCommit={(operation) => narrow({ operation })}
        />
        <NameField
          label="Version"
          placeholder="any"
          value={state.version}
          options={versionOptions(state.service, services)}
          onCommit={(version) => narrow({ version })}
        />
        <div>
          <p className="mb-0.5 text-11 font-medium text-text-3">Status</p>
          <Segmented
            label="Status"
            value={state.status ?? "any"}
            options={STATUSES}
            onChange={(value) => narrow({ status: value === "any" ? null : value })}
          />
        </div>
        <DurationField label="Shortest" placeholder="0 ms" value={state.minMs} onCommit={(minMs) => narrow({ minMs })} />
        <DurationField label="Longest" placeholder="any" value={state.maxMs} onCommit={(maxMs) => narrow({ maxMs })} />
      </div>
      <ConditionTokens state={state} pin={pin} isPast={isPast} onChange={narrow} />
    </search>
  );
}

interface ConditionTokensProps {
  state: TraceSearchState;
  pin: string;
  isPast: boolean;
  onChange: (change: TraceSearchChange) => void;
}

/** Conditions that no field shows, each with its way out, and the way out of all. */
function ConditionTokens({ state, pin, isPast, onChange }: ConditionTokensProps) {
  const now = useNow();
  const stretch = fixedStretch(state, pin);
  const whole = durationWords(state.wholeMin, state.wholeMax);
  const isNarrowed = stretch !== null || hasConditions(state);
  return (
    // Of one height with or without tokens: a selection must not move the plot that it is drawn in.
    <div className="flex min-h-(--ctl-h-sm) flex-wrap items-center gap-2 text-12 text-text-3">
      {stretch === null ? null : (
        <FindToken
          name="started"
          value={`${formatMoment(stretch.from, now)} to ${stretch.to === null ? "now" : formatMoment(stretch.to, now)}`}
          onRemove={() => onChange(NO_STRETCH)}
        />
      )}
      {whole === "" ? null : <FindToken name="whole trace" value={whole} onRemove={() => onChange({ wholeMin: null, wholeMax: null })} />}
      {isNarrowed ? (
        <Button kind="quiet" isSmall onClick={() => onChange(NO_CONDITIONS)}>
          Clear all
        </Button>
      ) : null}
      <span>
        {stretch === null
          ? `One span must meet all of these at once.${isPast ? "" : ` What began in the last ${SETTLE_MS / 1_000} s is still coming in and is left out.`}`
          : "The time stands still; another window or another end of it in the top bar moves it."}
      </span>
    </div>
  );
}
