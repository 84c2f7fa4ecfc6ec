"use client";

import { useDeferredValue, useMemo, useState } from "react";

import { Button } from "#components/ui/button.tsx";
import { useCopy } from "#components/ui/copy-command.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { ScrollRegion } from "#components/ui/scroll-region.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { formatCount, formatQuantity } from "#lib/client/format.ts";

import { searchLines } from "./search-lines.ts";

export interface ConfigViewerProps {
  config: readonly { kind: string; text: string }[];
}

/** A proxy's own configuration by kind, as text that can be searched. Secrets were masked before it came here. */
export function ConfigViewer({ config }: ConfigViewerProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [text, setText] = useState("");
  const deferred = useDeferredValue(text);
  const part = config.find((one) => one.kind === chosen) ?? config[0];
  const found = useMemo(() => searchLines(part?.text ?? "", deferred), [part, deferred]);
  const { word, copy } = useCopy(part?.text ?? "");
  if (part === undefined) return <p className="px-4 pb-4 text-12 text-text-2">It told nothing of its configuration yet.</p>;
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-2 px-4 pb-4">
      <div className="flex flex-wrap items-center gap-2">
        <Segmented
          label="Kind of configuration"
          value={part.kind}
          options={config.map((one) => ({ value: one.kind, label: one.kind }))}
          onChange={setChosen}
        />
        <label className="flex h-(--ctl-h) min-w-48 flex-1 items-center gap-1.5 rounded-2 border border-line-strong bg-bg px-2 text-text-3 focus-within:border-info">
          <Icon name="find" size={14} />
          <span className="sr-only">Search in this configuration</span>
          <input
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            placeholder="Search in this text"
            className="h-full min-w-0 flex-1 bg-transparent text-text outline-none"
          />
        </label>
        <span className="min-w-24 text-right text-12 text-text-2" role="status">
          {deferred === ""
            ? formatQuantity(found.total, "line")
            : `${formatCount(found.matches)} of ${formatQuantity(found.total, "line")}`}
        </span>
        <Button kind="quiet" isSmall onClick={copy}>
          <Icon name="copy" size={14} />
          {word}
        </Button>
      </div>
      <ScrollRegion
        label={`${part.kind} of this proxy`}
        className="max-h-[60dvh] min-h-64 overflow-auto rounded-2 bg-sunken py-2 font-mono text-12 leading-[18px]"
      >
        {found.lines.map((line) => (
          <div key={line.number} className="grid w-max min-w-full grid-cols-[56px_1fr] whitespace-pre">
            <span aria-hidden="true" className="select-none pr-3 text-right text-11 text-text-3">
              {line.number}
            </span>
            <code className="pr-3">
              {line.parts.map((bit) =>
                bit.isMatch ? (
                  <mark key={bit.at} className="rounded-[2px] bg-info-bg font-semi text-info-text">
                    {bit.text}
                  </mark>
                ) : (
                  bit.text
                ),
              )}
            </code>
          </div>
        ))}
        {found.isCut ? (
          <p className="px-4 pt-2 font-sans text-text-2">
            The first {formatCount(found.lines.length)} lines are shown: narrow it by a search, or copy the whole.
          </p>
        ) : null}
      </ScrollRegion>
    </div>
  );
}
