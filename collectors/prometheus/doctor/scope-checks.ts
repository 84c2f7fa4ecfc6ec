import type { Consequence, SeriesPick } from "#collectors/shared/promql/telemetry-needs.ts";
import type { DiagnosisFinding } from "#lib/model/diagnosis.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import { printable } from "#lib/routing/printable.ts";

import type { SeriesQuestions } from "./series-questions.ts";

/** A label of the scope that leaves out series which are there. */
interface Culprit {
  label: string;
  value: string;
  /** Values that the series have; empty = none has the label. */
  instead: readonly string[];
}

const SHOWN = 5;

/** Said of series that are there and none of which is in the scope. `null` = there is no scope, or there are none without it either. */
export async function scopeFinding(
  ask: SeriesQuestions,
  pick: SeriesPick,
  consequence: Pick<Consequence, "level" | "takesAway">,
): Promise<Result<DiagnosisFinding | null>> {
  const culprits = await culpritsOf(ask, pick);
  if (!culprits.ok) return culprits;
  return ok(culprits.value === null ? null : findingOf(ask, `${pick.metric} is there`, culprits.value, consequence));
}

/**
 * The same of part of a mesh's series, whose other series are in the scope. Those of another mesh in the same store are no reason to
 * blame the scope: they have its labels, with other values.
 */
export async function partlyScopedFinding(
  ask: SeriesQuestions,
  pick: SeriesPick,
  what: string,
  consequence: Pick<Consequence, "level" | "takesAway">,
): Promise<Result<DiagnosisFinding | null>> {
  const culprits = await culpritsOf(ask, pick);
  if (!culprits.ok || culprits.value === null) return culprits.ok ? ok(null) : culprits;
  const asked = new Set(pick.matchers.map(({ label }) => label));
  const sure = culprits.value.filter(({ label, instead }) => instead.length === 0 || asked.has(label));
  return ok(sure.length === 0 ? null : findingOf(ask, what, sure, consequence));
}

/** What each label of the scope leaves out by itself; empty = only all together do. `null` = there is nothing to leave out. */
async function culpritsOf(ask: SeriesQuestions, { metric, matchers }: SeriesPick): Promise<Result<Culprit[] | null>> {
  const scope = Object.entries(ask.scope);
  if (scope.length === 0) return ok(null);
  const groups = await ask.unscopedGroups(
    metric,
    scope.map(([label]) => label),
    matchers,
  );
  if (!groups.ok || groups.value.length === 0) return groups.ok ? ok(null) : groups;
  return ok(
    scope.flatMap(([label, value]) => {
      const values = new Set(groups.value.map((labels) => labels[label] ?? ""));
      if (values.has(value)) return [];
      return [{ label, value, instead: [...values].filter((one) => one !== "").toSorted() }];
    }),
  );
}

function findingOf(
  { id, scope }: SeriesQuestions,
  what: string,
  culprits: readonly Culprit[],
  { level, takesAway }: Pick<Consequence, "level" | "takesAway">,
): DiagnosisFinding {
  const [first] = culprits;
  const why = culprits.length === 0 ? `no series has all of ${saidOf(scope)}` : culprits.map(whyOf).join(", and ");
  return {
    level,
    code: "empty-scope",
    text: `${what}, and queryScope of ${id} leaves it out: ${why}.`,
    takesAway,
    mend: first === undefined ? `Correct queryScope of ${id} in weft.yaml, or take one of its labels out` : mendOf(id, first),
  };
}

function whyOf({ label, value, instead }: Culprit): string {
  if (instead.length === 0) return `no series has the label ${label}`;
  const more = instead.length > SHOWN ? ` and ${instead.length - SHOWN} more` : "";
  return `no series has ${saidOf({ [label]: value })}, but ${instead.slice(0, SHOWN).map(quoted).join(", ")}${more}`;
}

function mendOf(id: string, { label, value, instead }: Culprit): string {
  const near = instead.find((one) => one.toLowerCase() === value.toLowerCase()) ?? instead[0];
  if (near !== undefined) return `Write queryScope: { ${saidOf({ [label]: near })} } for ${id} in weft.yaml, or take ${label} out of it`;
  return `Take ${label} out of queryScope of ${id} in weft.yaml, or name a label that these series have; or let relabel_configs give them ${label}`;
}

function saidOf(scope: Readonly<Record<string, string>>): string {
  return Object.entries(scope)
    .map(([label, value]) => `${label}: ${quoted(value)}`)
    .join(", ");
}

function quoted(value: string): string {
  return JSON.stringify(printable(value));
}
