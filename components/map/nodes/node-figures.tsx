import { Missing } from "#components/ui/delta.tsx";
import { cx } from "#components/ui/cx.ts";
import { toneOfErrorRatio, TONE_TEXT } from "#components/ui/tone.ts";
import { formatNumber, formatPercentNumber } from "#lib/client/format.ts";
import type { HealthStatus } from "#lib/model/graph.ts";

/** Units keep 10 px on the screen when the map is a little smaller than life. */
const UNIT = "ml-px text-text-3 font-regular [font-size:calc(10px*max(1,var(--inverse-zoom,1)))]";

function Unit({ children }: { children: string }) {
  return <span className={UNIT}>{children}</span>;
}

export function RateFigure({ rate }: { rate: number | null }) {
  if (rate === null) return <Missing word="rate not known" />;
  return (
    <span className="whitespace-nowrap">
      {formatNumber(rate)}
      <Unit>/s</Unit>
    </span>
  );
}

/** Coloured only where the status says so too: a few errors of a quiet service are not judged. */
export function ErrorFigure({ ratio, status }: { ratio: number | null; status: HealthStatus }) {
  if (ratio === null) return <Missing word="errors not known" />;
  const isUnwell = status === "degraded" || status === "failing";
  const tone = isUnwell ? toneOfErrorRatio(ratio) : null;
  return (
    <span className={cx("whitespace-nowrap", tone !== null && TONE_TEXT[tone])}>
      {formatPercentNumber(ratio)}
      <Unit>%</Unit>
    </span>
  );
}

/** Above a second the unit changes, so that four digits never crowd a card. */
export function LatencyFigure({ ms }: { ms: number | null }) {
  if (ms === null) return <Missing word="p95 not known" />;
  const isSeconds = ms >= 999.5;
  return (
    <span className="whitespace-nowrap">
      {isSeconds ? formatNumber(ms / 1_000) : ms >= 10 ? Math.round(ms) : formatNumber(ms)}
      <Unit>{isSeconds ? "s" : "ms"}</Unit>
    </span>
  );
}
