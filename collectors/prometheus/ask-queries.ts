import type { DialectQuery } from "#collectors/shared/promql/dialect.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { Notice, Provenance } from "#lib/model/evidence.ts";

import type { PromAnswer } from "./client.ts";
import type { WireSeries } from "./wire.ts";

/** Answers to several questions, in their order. */
export interface Answers {
  series: readonly (readonly WireSeries[])[];
  provenance: Provenance[];
  notices: Notice[];
  isPartial: boolean;
}

/** Puts all at once. The first error is the answer's: numbers of which some are missing for no stated reason are worse than none. */
export async function askQueries(
  queries: readonly DialectQuery[],
  put: (query: DialectQuery) => Promise<Result<PromAnswer>>,
): Promise<Result<Answers>> {
  const all: PromAnswer[] = [];
  for (const answer of await Promise.all(queries.map(put))) {
    if (!answer.ok) return answer;
    all.push(answer.value);
  }
  return ok({
    series: all.map(({ series }) => series),
    provenance: all.map(({ provenance }) => provenance),
    notices: withoutRepeats(all.flatMap(({ notices }) => notices)),
    isPartial: all.some(({ isPartial }) => isPartial),
  });
}

function withoutRepeats(notices: readonly Notice[]): Notice[] {
  return [...new Map(notices.map((notice) => [`${notice.code} ${notice.text}`, notice])).values()];
}
