import type { DialectQuery } from "#collectors/shared/promql/dialect.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { Notice, Provenance } from "#lib/model/evidence.ts";

import type { PromAnswer } from "./client.ts";
import type { WireSeries } from "./wire.ts";

/** Several questions and the answers to them, in the same order; one that has none is not among them. */
export interface Answers {
  queries: readonly DialectQuery[];
  series: readonly (readonly WireSeries[])[];
  provenance: readonly Provenance[];
  notices: readonly Notice[];
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
  const told = (index: number): boolean => all[index]?.isUntold !== true;
  return ok({
    queries: queries.filter((_, index) => told(index)),
    series: all.flatMap(({ series }, index) => (told(index) ? [series] : [])),
    provenance: all.map(({ provenance }) => provenance),
    notices: withoutRepeats(all.flatMap(({ notices }) => notices)),
    isPartial: all.some(({ isPartial }) => isPartial),
  });
}

/** Those of two rounds of questions. */
export function joinAnswers(first: Answers, second: Answers): Answers {
  return {
    queries: [...first.queries, ...second.queries],
    series: [...first.series, ...second.series],
    provenance: [...first.provenance, ...second.provenance],
    notices: withoutRepeats([...first.notices, ...second.notices]),
    isPartial: first.isPartial || second.isPartial,
  };
}

/** Series in all answers together that count anything. */
export function seriesIn({ queries, series }: Answers): number {
  return series.reduce((many, one, index) => (queries[index]?.isPresence === true ? many : many + one.length), 0);
}

function withoutRepeats(notices: readonly Notice[]): Notice[] {
  return [...new Map(notices.map((notice) => [`${notice.code} ${notice.text}`, notice])).values()];
}
