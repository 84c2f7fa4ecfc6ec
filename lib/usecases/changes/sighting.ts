import type { Change } from "#lib/model/change.ts";

/** A change with what was counted since it was proven, and whether that is what was asked. */
export interface Sighting {
  change: Change;
  holds: boolean;
}
