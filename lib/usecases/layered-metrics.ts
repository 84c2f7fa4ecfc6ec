import type { Sourced } from "#lib/model/evidence.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import { parseNodeId, UNIDENTIFIED_ID, UNTRACED_ID } from "#lib/model/ids.ts";
import type { TimeWindow, TrafficSelect } from "#lib/model/red.ts";
import type { CountSteps, TrafficKey, TrafficSteps } from "#lib/ports/series-store.ts";
import type { MetricsSource, ToldRow, TrafficSum } from "#lib/ports/sources.ts";
import { NOTHING_KEPT, PARTLY_KEPT } from "#lib/red/memory-reach.ts";

import { failedEvidence, joinEvidence, type EvidenceOf } from "./join-evidence.ts";
import { keyText } from "#lib/red/key-text.ts";

const pairOf = ({ key }: ToldRow): string => `${key.source}|${key.target}`;

/**
 * Ids under which a weaker source's bare names are known to the stronger: `unknown/reviews` and `external/reviews` are
 * `shop/reviews` when there is exactly one service of that name. A sender that tells no namespace, or a callee whose own
 * spans did not come, would else be drawn beside itself.
 */
function aliasesOf(known: ReadonlySet<string>): (id: string) => string {
  const byName = new Map<string, string | null>();
  for (const id of known) {
    const { service, namespace } = parseNodeId(id);
    if (namespace !== null) byName.set(service, byName.has(service) ? null : id);
  }
  return (id) => {
    const { service, namespace } = parseNodeId(id);
    return namespace !== null || id === UNTRACED_ID || known.has(id) ? id : (byName.get(service) ?? id);
  };
}

/** A weaker source's row in the words of the stronger: its node ids, and its protocol where one is known for the pair. */
function translate(row: ToldRow, stronger: readonly ToldRow[], alias: (id: string) => string): ToldRow {
  const source = alias(row.key.source);
  const target = alias(row.key.target);
  const same = stronger.filter((one) => one.key.source === source && one.key.target === target && one.key.protocol !== "tcp");
  const protocols = new Set(same.map((one) => one.key.protocol));
  const [only] = protocols;
  const protocol = protocols.size === 1 && only !== undefined ? only : row.key.protocol;
  return { ...row, key: { ...row.key, source, target, protocol } };
}

/** A target, and whether it takes requests or connections: gRPC and other HTTP may be told apart by one source only. */
const arrivalOf = ({ target, protocol }: TrafficKey): string => `${target}|${protocol === "tcp" ? "tcp" : "http"}`;

/**
 * Whether a weaker source's caller without a name is among the callers that the stronger told of: one whose own span did not
 * come, wherever callers are known; one that showed no identity, wherever the stronger counted all that arrived, perhaps by
 * its address. Drawn too, it would be counted twice.
 */
function amongTold(stronger: readonly ToldRow[]): (key: TrafficKey) => boolean {
  const called = new Set(stronger.map(({ key }) => key.target));
  const arrived = new Set(stronger.flatMap(({ key }) => (key.reporter === "destination" ? [arrivalOf(key)] : [])));
  return (key) => (key.source === UNTRACED_ID && called.has(key.target)) || (key.source === UNIDENTIFIED_ID && arrived.has(arrivalOf(key)));
}

/**
 * The union of what several sources tell, strongest first. An edge takes its numbers from the strongest that saw it, and
 * says who else did. A caller that a weaker source cannot name is left out where it is `amongTold`.
 */
export function mergeTold(tellings: readonly (readonly ToldRow[])[]): ToldRow[] {
  const [strongest = [], ...weaker] = tellings;
  let merged = [...strongest];
  for (const told of weaker) {
    const alias = aliasesOf(new Set(merged.flatMap(({ key }) => [key.source, key.target])));
    const known = Map.groupBy(merged, pairOf);
    const isAmongTold = amongTold(merged);
    const fresh: ToldRow[] = [];
    const alsoSeen = new Map<string, Set<string>>();
    for (const raw of told) {
      const row = translate(raw, known.get(`${alias(raw.key.source)}|${alias(raw.key.target)}`) ?? [], alias);
      const { source, target } = row.key;
      const owners = known.get(`${source}|${target}`) ?? [];
      if (owners.some((owner) => owner.key.protocol === row.key.protocol)) {
        const seen = alsoSeen.get(`${source}|${target}|${row.key.protocol}`) ?? new Set();
        for (const id of row.seenBy) seen.add(id);
        alsoSeen.set(`${source}|${target}|${row.key.protocol}`, seen);
      } else if (!isAmongTold(row.key)) fresh.push(row);
    }
    merged = merged.map((row) => {
      const also = alsoSeen.get(`${pairOf(row)}|${row.key.protocol}`);
      return also === undefined ? row : { ...row, seenBy: [...row.seenBy, ...also] };
    });
    merged.push(...fresh);
  }
  return merged;
}

/** What covers this share of the best is as good as the best. */
const AS_GOOD = 0.9;

/** Those that reach over the window before those that do not, else in their order: a memory that has just begun tells less than a store. */
function byReach<T>(all: readonly T[], reachOf: (one: T) => number): T[] {
  const enough = AS_GOOD * Math.max(0, ...all.map(reachOf));
  return [...all.filter((one) => reachOf(one) >= enough), ...all.filter((one) => reachOf(one) < enough)];
}

/** Which share of the window it covers, 0 to 1. */
function covering(window: TimeWindow, covered: TimeWindow): number {
  const shared = Math.min(window.toMs, covered.toMs) - Math.max(window.fromMs, covered.fromMs);
  return Math.max(0, shared) / Math.max(1, window.toMs - window.fromMs);
}

/** The share of steps of which it tells; `null` = it tells of nobody. */
function stepsReach({ steps }: TrafficSteps): number | null {
  return steps.some((step) => step.rows.length > 0) ? reported(steps.map((step) => step.isReported)) : null;
}

/** One row for each key that the steps hold, in the name of `source`; what it is known by is its traffic, whatever becomes of its key. */
function keysOf({ steps }: TrafficSteps, source: string): Map<string, ToldRow> {
  const keys = new Map<string, ToldRow>();
  for (const { rows } of steps) {
    for (const { key, traffic } of rows) {
      const name = keyText(key);
      if (!keys.has(name)) keys.set(name, { key, traffic: { ...traffic }, toldBy: source, seenBy: [source] });
    }
  }
  return keys;
}

/** The strongest source's steps, and of the weaker ones the edges that it never saw; `used` are those that gave anything, and the first. */
function mergeSteps(strongest: TrafficSteps, weaker: readonly TrafficSteps[]): { value: TrafficSteps; used: Set<TrafficSteps> } {
  const used = new Set([strongest]);
  // Memories of different ages have different steps: only equal ones can be laid side by side.
  const isAlike = ({ stepMs, steps }: TrafficSteps): boolean =>
    stepMs === strongest.stepMs && steps.length === strongest.steps.length && steps[0]?.toMs === strongest.steps[0]?.toMs;
  const added = weaker.filter((steps) => isAlike(steps) && stepsReach(steps) !== null);
  if (added.length === 0) return { value: strongest, used };
  const tellings = added.map((steps, index) => ({ steps, keys: keysOf(steps, `weaker ${index}`) }));
  const merged = mergeTold([keysOf(strongest, "strongest"), ...tellings.map(({ keys }) => keys)].map((keys) => [...keys.values()]));
  const keyOf = new Map(merged.map((row) => [row.traffic, row.key]));
  const steps = strongest.steps.map((step) => ({ ...step, rows: [...step.rows] }));
  for (const { steps: weak, keys } of tellings) {
    for (const [at, step] of weak.steps.entries()) {
      for (const row of step.rows) {
        const told = keys.get(keyText(row.key));
        const key = told === undefined ? undefined : keyOf.get(told.traffic);
        if (key === undefined) continue;
        used.add(weak);
        steps[at]?.rows.push({ ...row, key });
      }
    }
  }
  return { value: { ...strongest, steps }, used };
}

function reported(steps: readonly boolean[]): number {
  return steps.filter(Boolean).length / Math.max(1, steps.length);
}

/** Windows of the sources whose numbers are of another than the answer's. */
function otherWindows(sums: readonly TrafficSum[], { fromMs, toMs }: TimeWindow): Pick<TrafficSum, "windows"> {
  const others = sums.filter(({ window }) => window.fromMs !== fromMs || window.toMs !== toMs);
  if (others.length === 0) return {};
  return { windows: Object.fromEntries(others.flatMap(({ window, sources }) => sources.map((id) => [id, window]))) };
}

/** Several sources of metrics as one, strongest first. Numbers of two of them are never summed. */
export class LayeredMetrics implements MetricsSource {
  readonly id: string;
  /** That of the slowest: which of them will answer is not known beforehand. */
  readonly reportMs: number;
  readonly layers: readonly [MetricsSource, ...MetricsSource[]];

  constructor(sources: readonly [MetricsSource, ...MetricsSource[]]) {
    this.layers = sources;
    this.id = sources[0].id;
    this.reportMs = Math.max(...sources.map((source) => source.reportMs));
  }

  /** Everything: the union of all sources. What is selected: the sum of the strongest source that saw any of it, as for the steps. */
  async traffic(window: TimeWindow, select?: TrafficSelect, signal?: AbortSignal): Promise<Result<Sourced<TrafficSum>>> {
    if (select !== undefined)
      return this.strongestWith(
        (source) => source.traffic(window, select, signal),
        (sum) => (sum.rows.length > 0 ? covering(window, sum.window) : null),
      );
    const asked = await this.askAll((source) => source.traffic(window, undefined, signal));
    if (!asked.ok) return asked;
    const { answers, failed } = asked.value;
    const sums = byReach(answers, (answer) => (isSilent(answer) ? 0 : covering(window, answer.value.window))).map(({ value }) => value);
    const [strongest] = sums;
    const covered = strongest?.window ?? window;
    const rows = mergeTold(sums.map((sum) => sum.rows));
    const isUsed = (sum: TrafficSum): boolean => sum === strongest || rows.some((row) => sum.sources.includes(row.toldBy));
    return ok({
      ...evidenceOf(answers, isUsed, failed, rows.length > 0),
      value: { window: covered, ...otherWindows(sums, covered), sources: sums.flatMap((sum) => sum.sources), rows },
    });
  }

  /** Everything: the union of all sources. What is selected: the steps of the strongest source that saw anything of it. */
  async trafficSteps(
    window: TimeWindow,
    stepMs: number,
    select?: TrafficSelect,
    signal?: AbortSignal,
  ): Promise<Result<Sourced<TrafficSteps>>> {
    const ask = (source: MetricsSource): Promise<Result<Sourced<TrafficSteps>>> => source.trafficSteps(window, stepMs, select, signal);
    if (Object.values(select ?? {}).some((part) => part !== undefined)) return this.strongestWith(ask, stepsReach);
    const asked = await this.askAll(ask);
    if (!asked.ok) return asked;
    const { answers, failed } = asked.value;
    const values = answers.map((answer) => answer.value);
    const [strongest, ...weaker] = byReach(values, (steps) => stepsReach(steps) ?? 0);
    if (strongest === undefined) return ask(this.layers[0]);
    const { value, used } = mergeSteps(strongest, weaker);
    const isAnythingTold = stepsReach(value) !== null;
    return ok({ ...evidenceOf(answers, (steps) => used.has(steps), failed, isAnythingTold), value });
  }

  async countSteps(window: TimeWindow, points: number, signal?: AbortSignal): Promise<Result<Sourced<CountSteps>>> {
    const asked = await this.askAll((source) => source.countSteps(window, points, signal));
    if (!asked.ok) return asked;
    const { answers, failed } = asked.value;
    const [strongest, ...weaker] = byReach(
      answers.map((answer) => answer.value),
      ({ isReported }) => reported(isReported),
    );
    if (strongest === undefined) return this.layers[0].countSteps(window, points, signal);
    const rows = [...strongest.rows];
    const known = new Set(rows.map((row) => row.target));
    const alias = aliasesOf(known);
    for (const steps of weaker) {
      // Rings of different ages have different numbers of steps: only equal ones can be laid side by side.
      if (steps.stepMs !== strongest.stepMs || steps.isReported.length !== strongest.isReported.length) continue;
      for (const row of steps.rows) {
        const target = alias(row.target);
        if (!known.has(target)) rows.push({ ...row, target, isReported: row.isReported ?? steps.isReported });
      }
      for (const row of rows) known.add(row.target);
    }
    return ok({ ...evidenceOf(answers, (steps) => steps === strongest, failed), value: { ...strongest, rows } });
  }

  /**
   * Asks one after the other until an answer reaches over the window, and takes the first that reaches as far as any, with what failed
   * before it. `reachOf` is `null` for one that holds nothing; where all hold nothing, the strongest source's answer is taken.
   */
  private async strongestWith<T>(
    ask: (source: MetricsSource) => Promise<Result<Sourced<T>>>,
    reachOf: (value: T) => number | null,
  ): Promise<Result<Sourced<T>>> {
    const [strongest, ...weaker] = this.layers;
    const first = await ask(strongest);
    const answers: { answer: Sourced<T>; reach: number }[] = [];
    const missing: EvidenceOf[] = [];
    const hear = (source: MetricsSource, answer: Result<Sourced<T>>): void => {
      if (!answer.ok) {
        missing.push(failedEvidence(source.id, answer.error));
        return;
      }
      const reach = reachOf(answer.value.value);
      if (reach === null) missing.push(missingPart(answer.value));
      answers.push({ answer: answer.value, reach: reach ?? -1 });
    };
    hear(strongest, first);
    for (const source of weaker) {
      if (answers.some(({ reach }) => reach >= AS_GOOD)) break;
      hear(source, await ask(source));
    }
    const [best] = byReach(
      answers.filter(({ reach }) => reach >= 0),
      ({ reach }) => reach,
    );
    const chosen = best?.answer ?? (first.ok ? first.value : null);
    return chosen === null ? first : ok({ ...chosen, ...joinEvidence(chosen, ...missing) });
  }

  /** Asks all at once. What fails costs its part and a notice; where all fail, the strongest source's error is the answer. */
  private async askAll<T>(
    ask: (source: MetricsSource) => Promise<Result<Sourced<T>>>,
  ): Promise<Result<{ answers: Sourced<T>[]; failed: EvidenceOf[] }>> {
    const asked = await Promise.all(this.layers.map(async (source) => ({ source, answer: await ask(source) })));
    const [strongest] = asked;
    const answers = asked.flatMap(({ answer }) => (answer.ok ? [answer.value] : []));
    if (answers.length === 0 && strongest !== undefined && !strongest.answer.ok) return strongest.answer;
    const failed = asked.flatMap(({ source, answer }) => (answer.ok ? [] : [failedEvidence(source.id, answer.error)]));
    return ok({ answers, failed });
  }
}

/** What is empty because its source could not tell reaches over nothing. */
function isSilent(answer: Sourced<TrafficSum>): boolean {
  return answer.value.rows.length === 0 && missingPart(answer).coverage === "partial";
}

/** Where merged values come from: a source that gave nothing to the answer weakens it by having failed, and by its missing part. */
function evidenceOf<T>(
  answers: readonly Sourced<T>[],
  isUsed: (value: T) => boolean,
  failed: readonly EvidenceOf[],
  isAnythingTold = true,
): EvidenceOf {
  const parts = answers.map((answer) => (isUsed(answer.value) ? answer : missingPart(answer)));
  return joinEvidence(...(isAnythingTold ? [] : unsaidReach(answers)), ...parts, ...failed);
}

const REACH: ReadonlySet<string> = new Set([NOTHING_KEPT, PARTLY_KEPT]);

/** That others tell is no comfort where they tell nothing: how far back the strongest one's memory reaches is then the reason. */
function unsaidReach([strongest]: readonly EvidenceOf[]): EvidenceOf[] {
  const notices = (strongest?.notices ?? []).filter(({ code }) => REACH.has(code));
  return notices.length === 0 ? [] : [{ provenance: [], notices, coverage: "partial" }];
}

/**
 * What is missing of an answer because a source that gave nothing to it could not tell all it might have: `partial`, with its
 * reasons. That its memory does not reach back is none: others do.
 */
function missingPart({ notices, coverage }: EvidenceOf): EvidenceOf {
  const reasons = coverage === "complete" ? [] : notices.filter(({ level, code }) => level !== "info" && !REACH.has(code));
  return { provenance: [], notices: reasons, coverage: reasons.length === 0 ? "complete" : "partial" };
}
