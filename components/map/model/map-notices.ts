import type { Notice, Sourced } from "#lib/model/evidence.ts";
import type { MeshGraph } from "#lib/model/graph.ts";

/** Code of what the API says of every picture of the past. */
const AS_OF_NOW = "as-of-now";

export interface MapNoticesOptions {
  isPast: boolean;
  /** Whether the inspector beside the map already says what is as it is now. */
  isNoted: boolean;
}

/** What the reader must know of the picture before believing it: why it is empty, what is missing, what of it is not of then. */
export function mapNotices({ value, notices, coverage }: Sourced<MeshGraph>, { isPast, isNoted }: MapNoticesOptions): Notice[] {
  const isEmpty = value.edges.length === 0;
  const missing = notices.filter(({ level }) => level !== "info");
  const ofNow = isPast && !isNoted ? notices.filter(({ code }) => code === AS_OF_NOW) : [];
  if (isEmpty && !isPast) return [note("no-calls", "The proxies answer, but no call was seen in this window"), ...missing];
  if (missing.length === 0 && isEmpty) return [note("no-teller", "No source tells of a call"), ...ofNow];
  if (missing.length === 0 && coverage === "partial") return [note("partly", "Some parts of the mesh do not answer"), ...ofNow];
  return [...(isPast || coverage === "partial" ? missing : []), ...ofNow];
}

function note(code: string, text: string): Notice {
  return { level: "info", code, text, source: null, mend: null };
}
