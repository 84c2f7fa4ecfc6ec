import type { Protocol } from "#lib/model/ids.ts";
import type { TrafficSelect } from "#lib/model/red.ts";

/** Whether an edge is among the selected ones. */
export function selectsKey(
  select: TrafficSelect | undefined,
  key: { readonly source: string; readonly target: string; readonly protocol: Protocol },
): boolean {
  if (select === undefined) return true;
  if (select.sources?.includes(key.source) === false) return false;
  if (select.targets?.includes(key.target) === false) return false;
  return select.protocol === undefined || select.protocol === key.protocol;
}
