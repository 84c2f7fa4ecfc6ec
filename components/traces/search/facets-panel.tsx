"use client";

import { useState } from "react";

import { cx } from "#components/ui/cx.ts";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { foreignWords } from "#lib/client/foreign-text.ts";
import { formatCount, formatQuantity } from "#lib/client/format.ts";
import { useIsNarrow } from "#lib/client/use-narrow.ts";
import type { TraceSearchChange } from "#lib/client/trace-search-params.ts";

import type { FacetChoice, FacetGroup } from "./condition-change.ts";
import { ServiceTick } from "./service-ticks.tsx";

const SHOWN = 8;

export interface FacetsPanelProps {
  /** `undefined` until the first answer. */
  groups: readonly FacetGroup[] | undefined;
  /** How many traces were counted. */
  counted: number;
  onChange: (change: TraceSearchChange) => void;
}

/** What the loaded traces are made of, with counts; a press narrows the search, another takes it away. Folded on a phone. */
export function FacetsPanel({ groups, counted, onChange }: FacetsPanelProps) {
  const isNarrow = useIsNarrow();
  const title = groups === undefined ? "In these traces" : `In these ${formatQuantity(counted, "trace")}`;
  const content =
    groups === undefined ? (
      <FacetsSkeleton />
    ) : (
      <div className="grid gap-4 px-4 pb-4 max-desk:grid-cols-2 max-tablet:grid-cols-1">
        {groups.map((group) => (
          <FacetList key={group.title} group={group} onChange={onChange} />
        ))}
      </div>
    );
  if (isNarrow === true) {
    return (
      <details className="panel group">
        <summary className="flex min-h-11 cursor-pointer items-center gap-1.5 px-4 text-13 font-semi -outline-offset-2">
          <Icon name="chevron" size={14} className="text-text-3 group-open:rotate-180" />
          {title}
        </summary>
        {content}
      </details>
    );
  }
  return (
    <section className="panel self-start" aria-label={title} aria-busy={groups === undefined}>
      <h2 className="flex min-h-10 items-center px-4 text-13 font-semi">{title}</h2>
      {content}
    </section>
  );
}

function FacetList({ group, onChange }: { group: FacetGroup; onChange: (change: TraceSearchChange) => void }) {
  const [isWhole, setIsWhole] = useState(false);
  // What is chosen is always in sight, however rare it is.
  const shown = isWhole ? group.choices : group.choices.filter((one, index) => index < SHOWN || one.isChosen);
  const rest = group.choices.length - shown.length;
  return (
    <section aria-label={group.title} className="min-w-0">
      <h3 className="mb-1 text-11 font-medium text-text-3">{group.title}</h3>
      {group.choices.length === 0 ? <p className="text-12 text-text-3">none told</p> : null}
      <ul>
        {shown.map((choice) => (
          <li key={choice.key}>
            <FacetButton group={group.title} choice={choice} onPress={() => onChange(choice.change)} />
          </li>
        ))}
      </ul>
      {rest > 0 || isWhole ? (
        <button
          type="button"
          aria-expanded={isWhole}
          onClick={() => setIsWhole(!isWhole)}
          className="min-h-6 rounded-1 text-12 text-info-text hover:underline pointer-coarse:min-h-11"
        >
          {isWhole ? "Fewer" : `${formatCount(rest)} more`}
          <span className="sr-only">: {group.title.toLowerCase()}</span>
        </button>
      ) : null}
    </section>
  );
}

function FacetButton({ group, choice, onPress }: { group: FacetGroup["title"]; choice: FacetChoice; onPress: () => void }) {
  return (
    <button
      type="button"
      aria-pressed={choice.isChosen}
      onClick={onPress}
      className={cx(
        "-mx-1.5 flex min-h-7 w-[calc(100%+12px)] items-center gap-1.5 rounded-1 px-1.5 text-left text-12 pointer-coarse:min-h-11",
        choice.isChosen ? "bg-info-bg text-info-text" : "hover:bg-hover",
      )}
    >
      {choice.isChosen ? <Icon name="check" size={12} /> : null}
      {group === "Service" ? <ServiceTick service={choice.name.slice(choice.name.lastIndexOf("/") + 1)} /> : null}
      {group === "Status" ? <StatusGlyph tone={choice.key === "error" ? "fail" : "ok"} /> : null}
      <span className="min-w-0 flex-1 truncate" title={foreignWords(choice.of === null ? choice.name : `${choice.of} ${choice.name}`)}>
        {choice.of === null ? null : (
          <>
            <ForeignText text={choice.of} className={choice.isChosen ? "" : "text-text-3"} />{" "}
          </>
        )}
        <ForeignText text={choice.name} />
      </span>
      <span className="flex-none">
        {formatCount(choice.traces)}
        <span className="sr-only"> {choice.traces === 1 ? "trace" : "traces"}</span>
      </span>
    </button>
  );
}

const SKELETON = ["w-2/3", "w-1/2", "w-3/5", "w-2/5", "w-1/2", "w-1/3"] as const;

function FacetsSkeleton() {
  return (
    <div className="grid gap-3 px-4 pb-4">
      {SKELETON.map((width, index) => (
        <span key={`${width} ${index}`} className={cx("skeleton h-3", width)} />
      ))}
    </div>
  );
}
