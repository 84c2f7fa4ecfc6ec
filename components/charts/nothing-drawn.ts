import { asSentence } from "#lib/client/format.ts";
import { withLocalTimes } from "#lib/client/moment.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { RedChart } from "#lib/model/red-chart.ts";

/** Why a chart is empty, as sentences; `null` = it is not, or was not read yet. A gap says that nobody reported, never that nobody called. */
export function nothingDrawn(answer: Sourced<RedChart> | undefined, now: number): string | null {
  if (answer === undefined || answer.value.series.some(({ rate }) => rate.some((value) => value !== null))) return null;
  const notice = answer.notices.find(({ level }) => level !== "info");
  if (notice === undefined) return "Nobody reported anything in this time.";
  return [notice.text, notice.mend]
    .map((text) => asSentence(withLocalTimes(text ?? "", now)))
    .join(" ")
    .trim();
}
