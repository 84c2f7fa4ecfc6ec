import type { TimeWindow } from "#lib/model/red.ts";
import type { SecurityFacts } from "#lib/model/security-facts.ts";

import type { SecurityPicture, Told } from "./facts.ts";

/** Facts of one kind from several sources: all of one subject come from the first source that knows the subject. */
function firstKnown<T>(
  sources: readonly { id: string; facts: SecurityFacts }[],
  pick: (facts: SecurityFacts) => readonly T[],
  subjectOf: (fact: T) => string,
): Told<T>[] {
  const owners = new Map<string, string>();
  const joined: Told<T>[] = [];
  for (const { id, facts } of sources) {
    for (const fact of pick(facts)) {
      const subject = subjectOf(fact);
      const owner = owners.get(subject) ?? id;
      owners.set(subject, owner);
      if (owner === id) joined.push({ ...fact, toldBy: id });
    }
  }
  return joined;
}

const pairOf = ({ source, target }: { source: string | null; target: string }): string => `${source ?? ""}|${target}`;

function widest(windows: readonly TimeWindow[]): TimeWindow | null {
  if (windows.length === 0) return null;
  return { fromMs: Math.min(...windows.map(({ fromMs }) => fromMs)), toMs: Math.max(...windows.map(({ toMs }) => toMs)) };
}

/**
 * What several sources know, strongest first: the union of their subjects, and never the sum of two sources' numbers.
 * The watch began when the last of them began, for before that an edge of its own could not be seen.
 */
export function joinFacts(sources: readonly { id: string; facts: SecurityFacts }[]): SecurityPicture {
  const since = sources.flatMap(({ facts }) => (facts.observedSinceMs === null ? [] : [facts.observedSinceMs]));
  return {
    observedSinceMs: since.length === 0 ? null : Math.max(...since),
    window: widest(sources.map(({ facts }) => facts.window)),
    calls: firstKnown(sources, (facts) => facts.calls, pairOf),
    refusals: firstKnown(sources, (facts) => facts.refusals, pairOf),
    listeners: firstKnown(
      sources,
      (facts) => facts.listeners,
      ({ proxyId }) => proxyId,
    ),
    dials: firstKnown(
      sources,
      (facts) => facts.dials,
      ({ proxyId, target }) => `${proxyId}|${target}`,
    ),
    certificates: firstKnown(
      sources,
      (facts) => facts.certificates,
      ({ proxyId }) => proxyId,
    ),
    events: firstKnown(
      sources,
      (facts) => facts.events,
      ({ proxyId }) => proxyId,
    ),
    stages: firstKnown(
      sources,
      (facts) => facts.stages,
      ({ nodeId }) => nodeId,
    ),
    decisions: firstKnown(sources, (facts) => facts.decisions, pairOf),
  };
}
