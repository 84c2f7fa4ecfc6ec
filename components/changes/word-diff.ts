import type { DiffLine, PlanDiff } from "#lib/model/routing.ts";

/** A line's text in three parts; `changed` is what differs from its partner and may be empty. */
export interface MarkedText {
  before: string;
  changed: string;
  after: string;
}

function words(text: string): string[] {
  return text.match(/\w+|\s+|[^\w\s]/g) ?? [];
}

/** What two versions of one line have in common at both ends, counted in words. */
export function markWords(removed: string, added: string): { removed: MarkedText; added: MarkedText } {
  const a = words(removed);
  const b = words(added);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const cut = (parts: readonly string[]): MarkedText => ({
    before: parts.slice(0, head).join(""),
    changed: parts.slice(head, parts.length - tail).join(""),
    after: parts.slice(parts.length - tail).join(""),
  });
  return { removed: cut(a), added: cut(b) };
}

export interface MarkedLine {
  line: DiffLine;
  /** `null` for lines that stand alone: nothing to compare them with. */
  marked: MarkedText | null;
}

/** Pairs each removed line of a block with the added line in the same place of that block. */
export function markLines(lines: readonly DiffLine[]): MarkedLine[] {
  const result: MarkedLine[] = lines.map((line) => ({ line, marked: null }));
  let start = 0;
  while (start < lines.length) {
    if (lines[start]?.kind === "same") {
      start += 1;
      continue;
    }
    let end = start;
    while (end < lines.length && lines[end]?.kind !== "same") end += 1;
    const block = result.slice(start, end);
    const removed = block.filter((one) => one.line.kind === "removed");
    const added = block.filter((one) => one.line.kind === "added");
    removed.forEach((one, index) => {
      const partner = added[index];
      if (partner === undefined) return;
      const marks = markWords(one.line.text, partner.line.text);
      one.marked = marks.removed;
      partner.marked = marks.added;
    });
    start = end;
  }
  return result;
}

const SIGNS: Readonly<Record<DiffLine["kind"], string>> = { same: " ", removed: "-", added: "+" };

/** The difference as a patch that `patch -p1` and `git apply` take. */
export function toPatch(diff: PlanDiff): string {
  const hunks = diff.hunks.map(({ lines }) => {
    const before = lines.filter((line) => line.before !== null);
    const after = lines.filter((line) => line.after !== null);
    const head = `@@ -${before[0]?.before ?? 0},${before.length} +${after[0]?.after ?? 0},${after.length} @@`;
    return [head, ...lines.map((line) => `${SIGNS[line.kind]}${line.text}`)].join("\n");
  });
  return `${[`--- a/${diff.location}`, `+++ b/${diff.location}`, ...hunks].join("\n")}\n`;
}
