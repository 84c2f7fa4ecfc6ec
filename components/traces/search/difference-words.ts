import { formatCount, formatQuantity } from "#lib/client/format.ts";
import type { TraceSelection } from "#lib/client/trace-queries.ts";
import type { Difference, Differences } from "#lib/model/trace.ts";
import type { SelectedBy } from "#lib/traces/differences-implied.ts";
import { nameWords, shareWords } from "#lib/traces/words.ts";

/** How often one value is met on both sides, 0 to 1; `null` where that side has no trace. */
export interface ValueShares {
  value: string;
  inSelection: number;
  inRest: number;
  selectionShare: number | null;
  restShare: number | null;
}

function share(count: number, total: number): number | null {
  return total > 0 ? count / total : null;
}

export function valueShares({ values }: Difference, { selection, rest }: Pick<Differences, "selection" | "rest">): ValueShares[] {
  return values.map((one) => ({
    ...one,
    selectionShare: share(one.inSelection, selection.traces),
    restShare: share(one.inRest, rest.traces),
  }));
}

/** Whose property it is, and which: `reviews version`. */
export function propertyWords({ service, key }: Pick<Difference, "service" | "key">): string {
  return service === null ? nameWords(key) : `${nameWords(service)} ${nameWords(key)}`;
}

/** Properties that tell the two apart by more than chance, best first. */
export function telling(differences: Differences): Difference[] {
  return differences.items.filter((one) => one.score > 0);
}

function surplus({ selectionShare, restShare }: ValueShares): number {
  return (selectionShare ?? 0) - (restShare ?? 0);
}

const MOST_NAMED = 6;

/** By what a selection was made; `service` = the service that is asked for, with or without its namespace. */
export function selectedBy({ selVersion, selStatus }: TraceSelection, service: string | null | undefined): SelectedBy {
  const name = (service ?? "").slice((service ?? "").lastIndexOf("/") + 1);
  const isByVersion = typeof selVersion === "string" && selVersion !== "";
  return {
    version: isByVersion ? { service: name === "" ? null : name, version: selVersion } : null,
    status: selStatus ?? null,
  };
}

/** What is not drawn because the selection itself says it; `null` = nothing. */
export function setAsideWords(setAside: readonly Difference[], by: SelectedBy): string | null {
  if (setAside.length === 0) return null;
  const names = setAside.slice(0, MOST_NAMED).map(propertyWords);
  const more = setAside.length - names.length;
  const what = by.version !== null ? (by.status === null ? "names the version" : "names the version or the result") : "tells the result";
  return `Set aside: what ${what} itself (${names.join(", ")}${more > 0 ? ` and ${formatCount(more)} more` : ""}).`;
}

/** The panel's sentence: the value that tells most, with its share on both sides. `setAside`: what it must not name. */
export function differenceSentence(differences: Differences, setAside: readonly Difference[] = []): string {
  const { selection, rest } = differences;
  if (selection.traces === 0) return "The selection holds no trace: there is nothing to compare";
  if (rest.traces === 0) return `The selection holds all ${formatQuantity(selection.traces, "trace")}: there is no rest to compare with`;
  const [best] = telling(differences);
  const nothing = `Nothing ${setAside.length > 0 ? "else " : ""}tells the selection from the rest by more than chance`;
  if (best === undefined) return nothing;
  // Said of the value that the selection has more of: what it lacks is harder to read.
  const first = valueShares(best, differences).toSorted((a, b) => surplus(b) - surplus(a))[0];
  if (first === undefined) return nothing;
  const inSelection = shareWords(first.selectionShare ?? 0);
  const inRest = shareWords(first.restShare ?? 0);
  return `${propertyWords(best)} = ${nameWords(first.value)} in ${inSelection} of the selection and ${inRest} of the rest`;
}

/** The sizes of the sample, which every share stands on. */
export function sampleWords({ selection, rest, isSampled }: Differences): string {
  const sizes = `n = ${formatCount(selection.traces)} in the selection, ${formatCount(rest.traces)} in the rest`;
  return isSampled ? `${sizes}; there were more, the newest were looked at` : sizes;
}
