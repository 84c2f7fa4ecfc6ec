import { ForeignText } from "#components/ui/foreign-text.tsx";
import { formatDuration, formatQuantity } from "#lib/client/format.ts";
import type { SpanEvent } from "#lib/model/trace.ts";

import { shortValue } from "./attributes.ts";

const SHOWN = 50;

export interface EventListProps {
  events: readonly SpanEvent[];
  /** Start of the span: events are told from there. */
  startMs: number;
}

/** What happened during the span, with the time since its start. */
export function EventList({ events, startMs }: EventListProps) {
  if (events.length === 0) return null;
  const ordered = events.toSorted((a, b) => a.atMs - b.atMs).slice(0, SHOWN);
  return (
    <section>
      <h3 className="mb-1.5 text-13 font-semi">Events</h3>
      <ol className="grid gap-2 text-12">
        {ordered.map((event, index) => (
          <li key={`${event.atMs} ${event.name} ${index}`} className="grid grid-cols-[64px_minmax(0,1fr)] gap-x-3">
            <span className="text-right text-text-3">+{formatDuration(event.atMs - startMs)}</span>
            <div className="min-w-0">
              <ForeignText text={event.name} className="font-medium [overflow-wrap:anywhere]" />
              <dl className="grid gap-y-0.5 font-mono text-11">
                {event.attributes.map((attribute, at) => (
                  <div key={`${attribute.key} ${at}`} className="[overflow-wrap:anywhere]">
                    <dt className="inline text-text-2">
                      <ForeignText text={attribute.key} />{" "}
                    </dt>
                    <dd className="inline whitespace-pre-wrap">
                      <ForeignText text={shortValue(attribute.value)} hasLines />
                    </dd>
                  </div>
                ))}
              </dl>
            </div>
          </li>
        ))}
      </ol>
      {events.length > SHOWN ? <p className="text-12 text-text-2">{formatQuantity(events.length - SHOWN, "more event")}.</p> : null}
    </section>
  );
}
