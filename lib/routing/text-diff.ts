import type { DiffLine, PlanDiff } from "#lib/model/routing.ts";

type Hunks = PlanDiff["hunks"];

const CONTEXT_LINES = 3;
/** Texts that differ in more lines than this are shown as one replaced block: nobody reads such a difference line by line. */
const MAX_EDITS = 1_000;

/** What a difference is between: where the text is kept, its format, and both texts. */
export interface TextPair {
  format: string;
  location: string;
  before: string;
  after: string;
}

/** The difference of two texts, whole and in hunks with three lines around each change; no hunks when they are equal. */
export function diffTexts(pair: TextPair): PlanDiff {
  return { ...pair, hunks: hunksOf(diffLines(pair.before, pair.after)) };
}

/** How many lines were removed or added. */
export function countChangedLines(diff: PlanDiff): number {
  return diff.hunks.reduce((all, hunk) => all + hunk.lines.filter((line) => line.kind !== "same").length, 0);
}

/**
 * Every line of both texts in reading order. Lines are compared with their line ends, so a changed line end is a change;
 * `text` comes without it.
 */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = splitLines(before);
  const b = splitLines(after);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const kinds: DiffLine["kind"][] = [
    ...Array.from({ length: head }, () => "same" as const),
    ...editScript(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...Array.from({ length: tail }, () => "same" as const),
  ];
  return number(kinds, a, b);
}

function splitLines(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

function number(kinds: readonly DiffLine["kind"][], a: readonly string[], b: readonly string[]): DiffLine[] {
  let before = 0;
  let after = 0;
  return kinds.map((kind) => {
    if (kind !== "added") before += 1;
    if (kind !== "removed") after += 1;
    const text = (kind === "added" ? b[after - 1] : a[before - 1]) ?? "";
    return {
      kind,
      before: kind === "added" ? null : before,
      after: kind === "removed" ? null : after,
      text: text.replace(/\r?\n$/, ""),
    };
  });
}

/** Myers' shortest edit script ("An O(ND) Difference Algorithm", 1986), bounded; removals come before additions. */
function editScript(a: readonly string[], b: readonly string[]): DiffLine["kind"][] {
  const trace = shortestTrace(a, b);
  if (trace === null) return [...a.map(() => "removed" as const), ...b.map(() => "added" as const)];
  const kinds: DiffLine["kind"][] = [];
  let x = a.length;
  let y = b.length;
  for (let depth = trace.length - 1; depth >= 0; depth -= 1) {
    const reached = trace[depth] ?? new Map<number, number>();
    const k = x - y;
    const isDown = k === -depth || (k !== depth && (reached.get(k - 1) ?? -1) < (reached.get(k + 1) ?? -1));
    const previousK = isDown ? k + 1 : k - 1;
    const previousX = depth === 0 ? 0 : (reached.get(previousK) ?? 0);
    const previousY = depth === 0 ? 0 : previousX - previousK;
    while (x > previousX && y > previousY) {
      kinds.push("same");
      x -= 1;
      y -= 1;
    }
    if (depth > 0) kinds.push(isDown ? "added" : "removed");
    x = previousX;
    y = previousY;
  }
  return kinds.toReversed();
}

/** Furthest points per diagonal before each depth; `null` when the texts differ in more than `MAX_EDITS` lines. */
function shortestTrace(a: readonly string[], b: readonly string[]): Map<number, number>[] | null {
  const reached = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  const limit = Math.min(a.length + b.length, MAX_EDITS);
  for (let depth = 0; depth <= limit; depth += 1) {
    trace.push(neighbourhood(reached, depth));
    for (let k = -depth; k <= depth; k += 2) {
      const left = reached.get(k - 1) ?? -1;
      const right = reached.get(k + 1) ?? -1;
      let x = k === -depth || (k !== depth && left < right) ? right : left + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      reached.set(k, x);
      if (x >= a.length && x - k >= b.length) return trace;
    }
  }
  return null;
}

function neighbourhood(reached: ReadonlyMap<number, number>, depth: number): Map<number, number> {
  const copy = new Map<number, number>();
  for (let k = -depth - 1; k <= depth + 1; k += 1) {
    const x = reached.get(k);
    if (x !== undefined) copy.set(k, x);
  }
  return copy;
}

function hunksOf(lines: readonly DiffLine[]): Hunks {
  const hunks: Hunks = [];
  let open: { from: number; to: number } | null = null;
  for (const [index, line] of lines.entries()) {
    if (line.kind === "same") continue;
    if (open !== null && index - CONTEXT_LINES <= open.to + CONTEXT_LINES + 1) open.to = index;
    else {
      if (open !== null) hunks.push(cut(lines, open));
      open = { from: index, to: index };
    }
  }
  if (open !== null) hunks.push(cut(lines, open));
  return hunks;
}

function cut(lines: readonly DiffLine[], range: { from: number; to: number }): Hunks[number] {
  return { lines: lines.slice(Math.max(0, range.from - CONTEXT_LINES), range.to + CONTEXT_LINES + 1) };
}
