"use client";

import { useRef, useState, type ReactNode, type RefObject } from "react";

import { useKeys } from "#lib/client/use-keys.ts";

import { FindInTrace } from "./find-in-trace.tsx";
import type { Ghost } from "./span-bar.tsx";
import type { TraceView } from "./trace-view.ts";
import { useFindInTrace } from "./use-find-in-trace.ts";
import { useFolding } from "./use-folding.ts";
import { WATERFALL_KEYS, type WaterfallCommand } from "./waterfall-keys.ts";
import { WaterfallLegend } from "./waterfall-legend.tsx";
import { WaterfallNotices } from "./waterfall-notices.tsx";
import { WaterfallTools } from "./waterfall-tools.tsx";
import { Waterfall, type WaterfallHandle } from "./waterfall.tsx";
import { isWhole, panRange, zoomRange, type TimeRange } from "./zoom.ts";

export interface WaterfallPanelProps {
  view: TraceView;
  range: TimeRange;
  onRange: (range: TimeRange | null) => void;
  selected: string | null;
  /** `null` closes the details. */
  onSelect: (key: string | null) => void;
  find: string;
  onFind: (text: string) => void;
  isCorrected: boolean;
  onCorrected: (isCorrected: boolean) => void;
  namePercent: number;
  onNamePercent: (percent: number) => void;
  ghosts: ReadonlyMap<string, Ghost> | null;
  /** A word at the right end of the title line. */
  aside: ReactNode;
  waterfall: RefObject<WaterfallHandle | null>;
}

const PAN = 0.1;
const PAN_FAR = 0.5;
const ZOOM = 1.5;

/** The waterfall with everything that steers it. */
export function WaterfallPanel(props: WaterfallPanelProps) {
  const { view, range, onRange, selected, onSelect, find, onFind, ghosts, aside, waterfall } = props;
  const folding = useFolding(view.nodes);
  const { matches, matchSet, next } = useFindInTrace(view, find);
  const input = useRef<HTMLInputElement>(null);
  const [place, setPlace] = useState<string | null>(null);
  const pan = (share: number): void => onRange(panRange(range, view.whole, share));
  const zoom = (factor: number): void => {
    const zoomed = zoomRange(range, view.whole, factor);
    onRange(isWhole(zoomed, view.whole) ? null : zoomed);
  };
  const stepMatch = (by: 1 | -1): void => {
    const key = next(waterfall.current?.at() ?? -1, by);
    setPlace(key);
    if (key !== null) waterfall.current?.goTo(key);
  };
  const close = (): void => {
    if (selected !== null) onSelect(null);
    else if (find !== "") onFind("");
  };

  const commands: Readonly<Record<WaterfallCommand, () => void>> = {
    "page-down": () => waterfall.current?.page(1),
    "page-up": () => waterfall.current?.page(-1),
    "next-span": () => waterfall.current?.step(1),
    "previous-span": () => waterfall.current?.step(-1),
    "pan-left": () => pan(-PAN),
    "pan-left-far": () => pan(-PAN_FAR),
    "pan-right": () => pan(PAN),
    "pan-right-far": () => pan(PAN_FAR),
    "zoom-in": () => zoom(1 / ZOOM),
    "zoom-out": () => zoom(ZOOM),
    "zoom-reset": () => onRange(null),
    "fold-all": folding.foldAll,
    "open-all": folding.openAll,
    "fold-level": folding.foldLevel,
    "open-level": folding.openLevel,
    find: () => input.current?.focus(),
    "next-match": () => stepMatch(1),
    "previous-match": () => stepMatch(-1),
    close,
  };
  useKeys(Object.fromEntries(Object.entries(WATERFALL_KEYS).map(([combo, command]) => [combo, () => commands[command]()])));

  return (
    <section aria-label="Waterfall" className="panel flex min-h-0 min-w-0 flex-col max-tablet:h-[70dvh]">
      <header className="flex min-h-11 flex-none flex-wrap items-center gap-x-2 gap-y-1 px-4 py-1.5">
        <h2 className="text-13 font-semi">Waterfall</h2>
        <WaterfallLegend
          hasErrors={view.marks.has("error")}
          hasCancelled={view.marks.has("cancelled")}
          hasRetries={view.marks.has("retry")}
          hasGhosts={ghosts !== null}
        />
        <span className="ml-auto text-12 text-text-2">{aside}</span>
      </header>
      <WaterfallTools
        folding={folding}
        hasErrors={view.errors > 0}
        isZoomed={!isWhole(range, view.whole)}
        onZoom={zoom}
        onWhole={() => onRange(null)}
      >
        <FindInTrace
          input={input}
          text={find}
          onText={onFind}
          count={matches.length}
          place={place === null ? 0 : matches.indexOf(view.indexOf.get(place) ?? -1) + 1}
          onStep={stepMatch}
        />
      </WaterfallTools>
      <WaterfallNotices view={view} isCorrected={props.isCorrected} onCorrected={props.onCorrected} />
      <Waterfall
        ref={waterfall}
        view={view}
        folding={folding}
        range={range}
        selected={selected}
        matches={matchSet}
        ghosts={ghosts}
        namePercent={props.namePercent}
        onNamePercent={props.onNamePercent}
        onSelect={onSelect}
      />
    </section>
  );
}
