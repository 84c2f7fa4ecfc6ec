"use client";

import { useEffect, useRef } from "react";

import { Button, ButtonLink } from "#components/ui/button.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { StatusWord } from "#components/ui/status-word.tsx";
import { asSentence } from "#lib/client/format.ts";
import { useHref, type HrefTo } from "#lib/client/use-href.ts";
import { serviceId } from "#lib/model/ids.ts";

import { colourToken, serviceWords, type SpanNode, type TraceView } from "../waterfall/trace-view.ts";
import { AttributeList } from "./attribute-list.tsx";
import { EventList } from "./event-list.tsx";
import { SpanFactsList } from "./span-facts-list.tsx";
import { SpanLinks } from "./span-links.tsx";
import { spanSentences } from "./span-sentences.ts";
import { TimeSplitBar } from "./time-split-bar.tsx";
import { timeSplit } from "./time-split.ts";

export interface SpanDrawerProps {
  view: TraceView;
  index: number;
  source: string | null;
  onClose: () => void;
}

/** Everything that is known of one span. Takes the focus when it was opened by keyboard; who closes it gives the focus back. */
export function SpanDrawer({ view, index, source, onClose }: SpanDrawerProps) {
  const hrefTo = useHref();
  const heading = useRef<HTMLHeadingElement>(null);
  const node = view.nodes[index];
  const key = node?.key;
  useEffect(() => {
    // Who presses Enter on a row wants to read on; who points keeps the row, and the arrow keys with it.
    if (key !== undefined && document.activeElement?.matches("[data-row]:focus-visible") === true)
      heading.current?.focus({ preventScroll: true });
  }, [key]);
  if (node === undefined) return null;
  const { span, resource } = node;
  return (
    <aside
      aria-label="Span detail"
      className="panel flex min-h-0 w-full flex-col overflow-auto max-desk:absolute max-desk:inset-y-0 max-desk:right-0 max-desk:z-30 max-desk:w-[360px] max-desk:shadow-3 max-tablet:sticky max-tablet:inset-auto max-tablet:bottom-0 max-tablet:max-h-[50dvh] max-tablet:w-auto max-tablet:rounded-b-none"
    >
      <header className="sticky top-0 z-10 flex min-h-11 flex-none items-center gap-2 bg-surface px-4 py-1">
        <i aria-hidden="true" style={{ background: colourToken(node.colour) }} className="h-[18px] w-1 flex-none rounded-[2px]" />
        <h2 ref={heading} tabIndex={-1} className="min-w-0 flex-1 truncate text-12 text-text-3 outline-none">
          <ForeignText text={serviceWords(node)} className="mr-1.5 text-13 font-semi text-text" />
          <ForeignText text={span.name} />
        </h2>
        <Button kind="quiet" isSmall isIconOnly aria-label="Close the details" onClick={onClose}>
          <Icon name="close" size={14} />
        </Button>
      </header>
      <div className="flex flex-col gap-3.5 px-4 pb-3">
        <Story node={node} />
        <SpanFactsList view={view} index={index} />
        <TimeSplitBar parts={timeSplit(view.nodes, index)} />
        <AttributeList title="Tags" attributes={span.attributes} hasFilter key={node.key} />
        <EventList events={span.events} startMs={span.startMs} />
        <SpanLinks links={span.links} traceId={view.trace.id} source={source} />
        {resource.attributes.length === 0 ? null : (
          <AttributeList title="Process" attributes={resource.attributes} key={`of ${node.key}`} />
        )}
        <div className="flex flex-wrap gap-2">
          <ButtonLink isSmall href={likeThisHref(hrefTo, node, source)}>
            Traces like this
          </ButtonLink>
          <ButtonLink isSmall href={serviceHref(hrefTo, node)}>
            Open <ForeignText text={resource.service} className="max-w-40 truncate" />
          </ButtonLink>
        </div>
      </div>
    </aside>
  );
}

/** What went wrong, and what Weft left out, in sentences. */
function Story({ node }: { node: SpanNode }) {
  const { span, marks } = node;
  const said = [...spanSentences(span), ...span.cut.map(asSentence)];
  if (said.length === 0 && marks.length === 0) return null;
  return (
    <p className="text-13 [overflow-wrap:anywhere]">
      {marks.includes("error") ? <StatusWord tone="fail">error</StatusWord> : null}
      {marks.includes("cancelled") ? <StatusWord tone="warn">cancelled</StatusWord> : null}{" "}
      <ForeignText text={said.join(" ")} className="text-text-2" hasLines />
    </p>
  );
}

function likeThisHref(hrefTo: HrefTo, { resource, span }: SpanNode, source: string | null): string {
  const service = resource.namespace === null ? resource.service : serviceId(resource.namespace, resource.service);
  return hrefTo("/traces", { service, operation: span.name, source });
}

/** Without a namespace nobody knows which service of that name is meant: the list shows them all. */
function serviceHref(hrefTo: HrefTo, { resource }: SpanNode): string {
  return resource.namespace === null
    ? hrefTo("/services", { find: resource.service })
    : hrefTo("/service", { id: serviceId(resource.namespace, resource.service) });
}
