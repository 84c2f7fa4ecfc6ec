"use client";

import { Menu } from "@base-ui/react/menu";
import type { ReactNode } from "react";

import { MENU_ITEM, Picker } from "#components/shell/picker.tsx";
import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import { Icon } from "#components/ui/icon.tsx";
import {
  hasEdgeFilters,
  NO_EDGE_FILTERS,
  OBSERVED_FILTERS,
  PLACE_FILTERS,
  type ObservedFilter,
  type PlaceFilter,
  type SecurityChange,
  type SecurityState,
} from "#lib/client/security-search-params.ts";
import type { TlsPosture } from "#lib/model/security.ts";
import { ServerDemand } from "#lib/model/tls.ts";

import { matchesEdge, type EdgeConditions } from "./edge-rows.ts";
import { DEMAND_WORDS } from "./security-words.ts";

const OBSERVED_WORDS: Readonly<Record<ObservedFilter, string>> = {
  plaintext: "plaintext",
  mutual: "mTLS",
  oneWay: "TLS, not mutual",
  unknown: "not known",
  silent: "no calls seen",
  refused: "refused connections",
};

const PLACE_WORDS: Readonly<Record<PlaceFilter, string>> = { inside: "inside the mesh", border: "at the border" };

export interface EdgeFiltersProps {
  /** All edges of the report, to count what each choice would leave; `undefined` while there is none. */
  edges: readonly TlsPosture[] | undefined;
  state: SecurityState;
  find: string;
  onChange: (change: SecurityChange) => void;
}

/** What the table of edges is narrowed to; each choice says how many rows it leaves. */
export function EdgeFilters({ edges, state, find, onChange }: EdgeFiltersProps) {
  const { observed, declared, place, differs } = state;
  const count = (change: Partial<EdgeConditions>) =>
    edges === undefined
      ? ""
      : String(edges.filter((edge) => matchesEdge(edge, { observed, declared, place, differs, ...change }, find)).length);
  return (
    <>
      <Choice
        label="Edges"
        all="All edges"
        value={place}
        options={PLACE_FILTERS.map((value) => ({ value, word: PLACE_WORDS[value], note: count({ place: value }) }))}
        onChoose={(value) => onChange({ place: value, sel: null })}
      />
      <Choice
        label="Observed"
        all="Any transport"
        value={observed}
        options={OBSERVED_FILTERS.map((value) => ({ value, word: OBSERVED_WORDS[value], note: count({ observed: value }) }))}
        onChoose={(value) => onChange({ observed: value, sel: null })}
      />
      <Choice
        label="Declared"
        all="Any demand"
        value={declared}
        options={ServerDemand.options.map((value) => ({ value, word: DEMAND_WORDS[value], note: count({ declared: value }) }))}
        onChoose={(value) => onChange({ declared: value, sel: null })}
      />
      <button
        type="button"
        aria-pressed={differs}
        className={cx(
          "inline-flex h-(--ctl-h) items-center gap-1.5 whitespace-nowrap rounded-2 border px-2.5 text-12 font-medium",
          differs ? "border-info bg-info-bg text-info-text" : "border-line-strong hover:bg-hover",
        )}
        onClick={() => onChange({ differs: differs ? null : true, sel: null })}
      >
        Not as declared
        <span className="text-text-3">{count({ differs: true })}</span>
      </button>
      {hasEdgeFilters(state) ? (
        <Button kind="quiet" isSmall onClick={() => onChange({ ...NO_EDGE_FILTERS, sel: null })}>
          <Icon name="close" size={14} />
          Show all
        </Button>
      ) : null}
    </>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  /** Words of no choice. */
  all: string;
  value: Value | null;
  options: readonly { value: Value; word: string; note: string }[];
  onChoose: (value: Value | null) => void;
}

function Choice<Value extends string>({ label, all, value, options, onChoose }: ChoiceProps<Value>) {
  const chosen = options.find((option) => option.value === value);
  return (
    <Picker
      label={label}
      isBoxed
      items={
        <Menu.RadioGroup
          value={value ?? ""}
          onValueChange={(next: unknown) => onChoose(options.find((option) => option.value === next)?.value ?? null)}
        >
          <MenuChoice value="">{all}</MenuChoice>
          {options.map((option) => (
            <MenuChoice key={option.value} value={option.value} note={option.note}>
              {option.word}
            </MenuChoice>
          ))}
        </Menu.RadioGroup>
      }
    >
      <span className={chosen === undefined ? "text-12" : "text-12 text-info-text"}>{chosen?.word ?? all}</span>
    </Picker>
  );
}

/** One line of a menu of which one is chosen. */
export function MenuChoice({ value, note, children }: { value: string; note?: string; children: ReactNode }) {
  return (
    <Menu.RadioItem value={value} closeOnClick className={MENU_ITEM}>
      <Menu.RadioItemIndicator>
        <Icon name="check" />
      </Menu.RadioItemIndicator>
      <span className="col-start-2">{children}</span>
      {note === undefined ? null : <span className="text-11 text-text-3">{note}</span>}
    </Menu.RadioItem>
  );
}
