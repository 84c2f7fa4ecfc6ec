import { Icon } from "#components/ui/icon.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";

export interface WaterfallLegendProps {
  hasCancelled: boolean;
  hasRetries: boolean;
  hasErrors: boolean;
  hasGhosts: boolean;
}

const ITEM = "inline-flex items-center gap-1.5 whitespace-nowrap text-11 text-text-3";

/** What the marks mean, as far as this trace has them. */
export function WaterfallLegend({ hasCancelled, hasRetries, hasErrors, hasGhosts }: WaterfallLegendProps) {
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1 pl-1 max-tablet:hidden">
      <span className={ITEM}>
        <i aria-hidden="true" className="h-0.5 w-4.5 bg-text" />
        critical path
      </span>
      {hasGhosts ? (
        <span className={ITEM}>
          <i aria-hidden="true" className="h-2.5 w-4.5 rounded-[3px] border-[1.25px] border-dashed border-info" />
          other trace
        </span>
      ) : null}
      {hasErrors ? (
        <span className={ITEM}>
          <StatusGlyph tone="fail" />
          error
        </span>
      ) : null}
      {hasCancelled ? (
        <span className={ITEM}>
          <StatusGlyph tone="warn" />
          cancelled
        </span>
      ) : null}
      {hasRetries ? (
        <span className={ITEM}>
          <Icon name="retry" size={12} />
          retried
        </span>
      ) : null}
    </span>
  );
}
