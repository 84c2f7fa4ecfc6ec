import type { ReactNode } from "react";

import { Button } from "#components/ui/button.tsx";
import { Icon } from "#components/ui/icon.tsx";

import type { Folding } from "./use-folding.ts";

export interface WaterfallToolsProps {
  folding: Folding;
  hasErrors: boolean;
  isZoomed: boolean;
  onZoom: (factor: number) => void;
  onWhole: () => void;
  /** The find field. */
  children: ReactNode;
}

/** Folding, zooming and finding. */
export function WaterfallTools({ folding, hasErrors, isZoomed, onZoom, onWhole, children }: WaterfallToolsProps) {
  return (
    <div className="flex flex-none flex-wrap items-center gap-x-1 gap-y-1 px-3 pb-2">
      <div className="flex items-center gap-x-1 max-tablet:w-full max-tablet:overflow-x-auto">
        <Button kind="quiet" isSmall onClick={folding.openAll}>
          Open all
        </Button>
        <Button kind="quiet" isSmall onClick={folding.foldAll}>
          Fold all
        </Button>
        <Button kind="quiet" isSmall isDisabled={!hasErrors} onClick={folding.openErrors}>
          Errors only
        </Button>
        <span aria-hidden="true" className="mx-1 h-4 w-px flex-none bg-line" />
        <Button kind="quiet" isSmall isIconOnly aria-label="Zoom in" onClick={() => onZoom(0.5)}>
          <Icon name="plus" size={14} />
        </Button>
        <Button kind="quiet" isSmall isIconOnly aria-label="Zoom out" isDisabled={!isZoomed} onClick={() => onZoom(2)}>
          <Icon name="minus" size={14} />
        </Button>
        <Button kind="quiet" isSmall isDisabled={!isZoomed} onClick={onWhole}>
          Whole trace
        </Button>
      </div>
      <span className="ml-auto flex min-w-0 max-tablet:ml-0">{children}</span>
    </div>
  );
}
