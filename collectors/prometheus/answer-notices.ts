import type { Notice } from "#lib/model/evidence.ts";

import type { WireAnswer } from "./wire.ts";

/** What the reader must know of an answer: what the server says of it, and why series are missing. */
export function noticesOf(source: string, { warnings, infos, missing, series }: WireAnswer): Notice[] {
  const notices: Notice[] = [];
  const told = (level: Notice["level"], code: string, text: string, mend: string | null = null): void =>
    void notices.push({ level, code, text, source, mend });
  const narrower = `Narrow what is asked with queryScope, or let ${source} keep fewer series.`;
  if (missing === "too-many-series" || missing === "too-long") {
    const bound = missing === "too-many-series" ? "as many as Weft takes" : "as many as fit into what Weft reads";
    told("warning", "source-cut", `${source} has more series than were read (${series.length}, ${bound}): numbers are too low.`, narrower);
  }
  if (missing === "server-says-partial") {
    told("warning", "source-partial", `${source} says that parts of it did not answer: numbers may be too low.`);
  }
  for (const text of new Set(warnings)) told("warning", "source-warning", `${source} warns: ${text}`);
  for (const text of new Set(infos)) told("info", "source-info", `${source} remarks: ${text}`);
  return notices;
}
