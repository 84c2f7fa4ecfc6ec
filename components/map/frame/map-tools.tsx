import { Icon } from "#components/ui/icon.tsx";
import type { IconName } from "#components/ui/icon.tsx";
import { Segmented } from "#components/ui/segmented.tsx";

import type { DetailLevel } from "../model/zoom.ts";

export interface MapToolsProps {
  isTable: boolean;
  onTable: (isTable: boolean) => void;
  level: DetailLevel;
  onZoomIn: () => void;
  onZoomOut: () => void;
  onFit: () => void;
}

const LEVEL_WORDS: Readonly<Record<DetailLevel, string>> = { card: "Cards", chip: "Chips", dot: "Dots" };

const TWINS = [
  { value: "graph", label: "Graph", icon: <Icon name="map" size={14} /> },
  { value: "table", label: "Table", icon: <Icon name="table" size={14} /> },
] as const;

/** Graph or table, and the zoom of the graph. */
export function MapTools({ isTable, onTable, level, onZoomIn, onZoomOut, onFit }: MapToolsProps) {
  return (
    <div className="absolute right-4 top-4 z-20 flex gap-2">
      <Segmented
        label="Graph or table"
        value={isTable ? "table" : "graph"}
        options={TWINS}
        onChange={(value) => onTable(value === "table")}
      />
      {isTable ? null : (
        <div role="group" aria-label="Zoom" className="inline-flex overflow-hidden rounded-2 bg-surface shadow-1">
          <ZoomButton icon="minus" label="Zoom out" onPress={onZoomOut} />
          <span className="grid h-7 min-w-13 place-items-center border-r px-2 text-12 font-medium text-text-2 pointer-coarse:h-11">
            {LEVEL_WORDS[level]}
          </span>
          <ZoomButton icon="plus" label="Zoom in" onPress={onZoomIn} />
          <ZoomButton icon="fit" label="Fit" onPress={onFit} />
        </div>
      )}
    </div>
  );
}

function ZoomButton({ icon, label, onPress }: { icon: IconName; label: string; onPress: () => void }) {
  return (
    <button
      type="button"
      aria-label={label}
      onClick={onPress}
      className="grid h-7 min-w-7 place-items-center border-r px-1.5 text-text-2 -outline-offset-2 last:border-r-0 hover:bg-hover pointer-coarse:h-11 pointer-coarse:min-w-11"
    >
      <Icon name={icon} size={14} />
    </button>
  );
}
