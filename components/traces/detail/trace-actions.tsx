"use client";

import { Popover } from "@base-ui/react/popover";
import { useSearchParams } from "next/navigation.js";

import { Button, ButtonLink, buttonClass } from "#components/ui/button.tsx";
import { useCopy } from "#components/ui/copy-command.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { traceExportUrl } from "#lib/client/trace-queries.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useIsNarrow } from "#lib/client/use-narrow.ts";
import { mainRoot } from "#lib/traces/trace-tree.ts";

import type { TraceView } from "../waterfall/trace-view.ts";
import { traceparentOf } from "./traceparent.ts";

export interface TraceActionsProps {
  view: TraceView;
  source: string | null;
  /** Span that a copied `traceparent` names; `null` = the root. */
  spanId: string | null;
}

/** Ways out of the page: to the map, to a file, to the clipboard, to the source's own interface. On a phone behind one button. */
export function TraceActions(props: TraceActionsProps) {
  if (useIsNarrow() !== true) {
    return (
      <span className="flex flex-wrap items-center gap-1">
        <Ways {...props} />
      </span>
    );
  }
  return (
    <Popover.Root>
      <Popover.Trigger className={buttonClass({ kind: "quiet", isSmall: true })}>
        More
        <Icon name="chevron" size={14} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="end" className="z-40">
          <Popover.Popup aria-label="More about this trace" className="grid justify-items-start rounded-3 bg-raised p-1 shadow-3">
            <Ways {...props} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Ways({ view, source, spanId }: TraceActionsProps) {
  const hrefTo = useHref();
  const { trace } = view;
  const parent = traceparentOf(trace.id, spanId ?? mainRoot(view.tree)?.span.spanId ?? "");
  const foreign = isWebAddress(trace.externalUrl) ? trace.externalUrl : null;
  return (
    <>
      <ButtonLink kind="quiet" isSmall href={hrefTo("/", { trace: trace.id })}>
        <Icon name="map" size={14} />
        Show on map
      </ButtonLink>
      <a
        className={buttonClass({ kind: "quiet", isSmall: true })}
        href={traceExportUrl(trace.id, source)}
        download={`trace-${trace.id}.json`}
      >
        <Icon name="file" size={14} />
        Export OTLP
      </a>
      <CopyLink />
      {parent === null ? null : <CopyButton text={parent} what="traceparent" />}
      {foreign === null ? null : (
        <a className={buttonClass({ kind: "quiet", isSmall: true })} href={foreign} target="_blank" rel="noopener noreferrer">
          <Icon name="open" size={14} />
          Open at the source
        </a>
      )}
    </>
  );
}

/** Only pages of the web are opened: an address comes from outside. */
export function isWebAddress(address: string | null): address is string {
  return address !== null && /^https?:\/\//i.test(address);
}

function CopyButton({ text, what }: { text: string; what: string }) {
  const { word, copy } = useCopy(text);
  return (
    <Button kind="quiet" isSmall onClick={copy}>
      <Icon name={word === "Copied" ? "check" : "copy"} size={14} />
      {word} {what}
    </Button>
  );
}

/** The address holds everything that the page shows. Drawn by the browser alone, after the data came. */
function CopyLink() {
  const search = useSearchParams();
  const { origin, pathname } = window.location;
  return <CopyButton text={`${origin}${pathname}?${search.toString()}`} what="link" />;
}
