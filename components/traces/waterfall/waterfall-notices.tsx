import { ForeignText } from "#components/ui/foreign-text.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";

import type { TraceView } from "./trace-view.ts";

export interface WaterfallNoticesProps {
  view: TraceView;
  isCorrected: boolean;
  onCorrected: (isCorrected: boolean) => void;
}

const MOST = 4;

/** What is odd about this trace, and clocks that are wrong with the switch that shows them as they were told. */
export function WaterfallNotices({ view, isCorrected, onCorrected }: WaterfallNoticesProps) {
  const { oddities, clocks } = view;
  if (oddities.length + clocks.length === 0) return null;
  const more = clocks.length - MOST;
  return (
    <div className="flex flex-none flex-wrap items-start gap-x-4 gap-y-1.5 border-t bg-warn-bg px-4 py-2 text-12 text-text">
      <ul className="grid min-w-0 flex-1 gap-1">
        {oddities.map((sentence) => (
          <Oddity key={sentence}>{sentence}</Oddity>
        ))}
        {clocks.slice(0, MOST).map((sentence) => (
          <Oddity key={sentence}>{isCorrected ? sentence : sentence.replace(/; corrected\.$/, "; shown as it was told.")}</Oddity>
        ))}
        {more > 0 ? <Oddity>{more === 1 ? "One more clock is off." : `${more} more clocks are off.`}</Oddity> : null}
      </ul>
      {clocks.length === 0 ? null : (
        <label className="flex min-h-6 flex-none items-center gap-2">
          <input
            type="checkbox"
            checked={isCorrected}
            onChange={(event) => onCorrected(event.currentTarget.checked)}
            className="size-4 accent-[var(--info)]"
          />
          Correct the clocks
        </label>
      )}
    </div>
  );
}

function Oddity({ children }: { children: string }) {
  return (
    <li className="flex items-start gap-2">
      <StatusGlyph tone="warn" className="mt-0.5" />
      <ForeignText text={children} />
    </li>
  );
}
