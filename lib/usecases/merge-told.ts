import { parseNodeId, UNIDENTIFIED_ID, UNTRACED_ID } from "#lib/model/ids.ts";
import type { CountSteps, TrafficKey, TrafficSteps } from "#lib/ports/series-store.ts";
import type { ToldRow } from "#lib/ports/sources.ts";
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

/** How steps are laid out over time. */
interface Grid {
  stepMs: number;
  steps: number;
  /** End of the first; left out where a second more or less is not seen. */
  firstMs?: number | undefined;
}

const stepsGrid = ({ stepMs, steps }: TrafficSteps): Grid => ({ stepMs, steps: steps.length, firstMs: steps[0]?.toMs });
const countsGrid = ({ stepMs, isReported }: CountSteps): Grid => ({ stepMs, steps: isReported.length });

/** Memories of different ages have different steps: only equal ones can be laid side by side. */
function isAlike(a: Grid, b: Grid): boolean {
  return a.stepMs === b.stepMs && a.steps === b.steps && a.firstMs === b.firstMs;
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
export function mergeSteps(strongest: TrafficSteps, weaker: readonly TrafficSteps[]): { value: TrafficSteps; used: Set<TrafficSteps> } {
  const used = new Set([strongest]);
  const added = weaker.filter(
    (steps) => isAlike(stepsGrid(steps), stepsGrid(strongest)) && steps.steps.some(({ rows }) => rows.length > 0),
  );
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

/** The strongest source's counts, and of the weaker ones the targets that it never saw. */
export function mergeCounts(strongest: CountSteps, weaker: readonly CountSteps[]): CountSteps {
  const rows = [...strongest.rows];
  const known = new Set(rows.map((row) => row.target));
  const alias = aliasesOf(known);
  for (const steps of weaker.filter((one) => isAlike(countsGrid(one), countsGrid(strongest)))) {
    for (const row of steps.rows) {
      const target = alias(row.target);
      if (!known.has(target)) rows.push({ ...row, target, isReported: row.isReported ?? steps.isReported });
    }
    for (const row of rows) known.add(row.target);
  }
  return { ...strongest, rows };
}
