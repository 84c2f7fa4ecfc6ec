import { ForeignText } from "#components/ui/foreign-text.tsx";
import { formatDuration } from "#lib/client/format.ts";

import { colourToken } from "../waterfall/trace-view.ts";
import type { TimePart } from "./time-split.ts";

const MOST = 8;

/** A span's time as one bar: the services below it, and its own. The legend says the same in words. */
export function TimeSplitBar({ parts }: { parts: readonly TimePart[] }) {
  if (parts.length === 0) return null;
  const shown = parts.slice(0, MOST);
  const restMs = parts.slice(MOST).reduce((sum, part) => sum + part.ms, 0);
  return (
    <section>
      <h3 className="mb-1.5 text-13 font-semi">Where the time went</h3>
      <div aria-hidden="true" className="flex h-2.5 gap-0.5 overflow-hidden rounded-full bg-sunken">
        {shown.map((part) => (
          <i
            key={`${part.service} ${String(part.isOwn)}`}
            style={{ flexGrow: part.ms, flexBasis: 0, background: colourToken(part.colour) }}
          />
        ))}
        {restMs > 0 ? <i style={{ flexGrow: restMs, flexBasis: 0 }} className="bg-unk" /> : null}
      </div>
      <ul className="mt-1.5 flex flex-wrap gap-x-3.5 gap-y-1 text-12 text-text-2">
        {shown.map((part) => (
          <li key={`${part.service} ${String(part.isOwn)}`} className="inline-flex items-center gap-[5px]">
            <i aria-hidden="true" style={{ background: colourToken(part.colour) }} className="size-2.5 flex-none rounded-[3px]" />
            <ForeignText text={part.isOwn ? "own" : part.service} /> {formatDuration(part.ms)}
          </li>
        ))}
        {restMs > 0 ? <li>others {formatDuration(restMs)}</li> : null}
      </ul>
    </section>
  );
}
