"use client";

import { useState } from "react";

import { Button } from "#components/ui/button.tsx";
import { useCopy } from "#components/ui/copy-command.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { foreignWords } from "#lib/client/foreign-text.ts";
import { formatCount, formatQuantity } from "#lib/client/format.ts";
import type { Attribute } from "#lib/model/trace.ts";

import { filterAttributes, shortValue } from "./attributes.ts";

export interface AttributeListProps {
  /** What they belong to, as in "Tags". */
  title: string;
  attributes: readonly Attribute[];
  /** The filter is worth its place only above a longer list. */
  hasFilter?: boolean;
}

const SHOWN = 60;

/** Keys and values as they were sent: text only, whatever is in it. */
export function AttributeList({ title, attributes, hasFilter = false }: AttributeListProps) {
  const [filter, setFilter] = useState("");
  const [isWhole, setWhole] = useState(false);
  const found = filterAttributes(attributes, filter);
  const shown = isWhole ? found : found.slice(0, SHOWN);
  return (
    <section>
      <div className="mb-1.5 flex min-h-6 items-center gap-2">
        <h3 className="text-13 font-semi">{title}</h3>
        <span className="text-12 text-text-3">{formatCount(attributes.length)}</span>
        {hasFilter && attributes.length > 5 ? (
          <input
            type="text"
            value={filter}
            aria-label={`Filter ${title.toLowerCase()}`}
            placeholder="Filter"
            onChange={(event) => setFilter(event.currentTarget.value)}
            className="ml-auto h-6 w-32 min-w-0 rounded-1 border border-ctl-line bg-bg px-2 text-12 pointer-coarse:h-11"
          />
        ) : null}
      </div>
      {attributes.length === 0 ? <p className="text-12 text-text-3">None were sent.</p> : null}
      {attributes.length > 0 && found.length === 0 ? <p className="text-12 text-text-3">None matches the filter.</p> : null}
      <dl className="grid gap-y-0.5 font-mono text-11">
        {shown.map((attribute, index) => (
          // The same key may come twice.
          <AttributeRow key={`${attribute.key} ${index}`} attribute={attribute} />
        ))}
      </dl>
      {found.length > shown.length ? (
        <Button kind="quiet" isSmall onClick={() => setWhole(true)}>
          Show {formatQuantity(found.length - shown.length, "more", "more")}
        </Button>
      ) : null}
    </section>
  );
}

function AttributeRow({ attribute }: { attribute: Attribute }) {
  const { key, value, isCut } = attribute;
  const { word, copy } = useCopy(value);
  const [isWhole, setWhole] = useState(false);
  const short = shortValue(value);
  return (
    <div className="group grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)_24px] items-start gap-x-3 rounded-1 hover:bg-hover pointer-coarse:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_44px]">
      <dt className="py-1 text-text-2 [overflow-wrap:anywhere]">
        <ForeignText text={key} />
      </dt>
      <dd className="min-w-0 whitespace-pre-wrap py-1 [overflow-wrap:anywhere]">
        <ForeignText text={isWhole ? value : short} hasLines />
        {short === value || isWhole ? null : (
          <button type="button" className="evidence ml-1 min-h-6 font-sans text-text-2" onClick={() => setWhole(true)}>
            all {formatCount(value.length)} characters
          </button>
        )}
        {isCut === true ? <span className="font-sans text-warn-text"> (only its beginning was kept)</span> : null}
      </dd>
      <dd>
        <button
          type="button"
          aria-label={`${word} the value of ${foreignWords(key)}`}
          onClick={copy}
          className="grid size-6 place-items-center rounded-1 text-text-3 hover:text-text pointer-coarse:size-11"
        >
          <Icon name={word === "Copied" ? "check" : "copy"} size={12} />
        </button>
      </dd>
    </div>
  );
}
