import { cx } from "#components/ui/cx.ts";
import { ScrollRegion } from "#components/ui/scroll-region.tsx";
import type { DiffLine, PlanDiff } from "#lib/model/routing.ts";

import { markLines, type MarkedLine } from "./word-diff.ts";

const LOOKS: Readonly<Record<DiffLine["kind"], { row: string; sign: string; word: string }>> = {
  same: { row: "text-text-2", sign: "", word: "" },
  removed: { row: "bg-del-bg text-del-text", sign: "−", word: "removed: " },
  added: { row: "bg-add-bg text-add-text", sign: "+", word: "added: " },
};

/** The changed lines of a file with a few around them; what differs within a line is marked. */
export function YamlDiff({ diff }: { diff: PlanDiff }) {
  if (diff.hunks.length === 0) return <p className="rounded-2 bg-sunken px-3 py-2 text-12 text-text-2">The file would stay as it is.</p>;
  return (
    <ScrollRegion
      label={`Difference in ${diff.location}`}
      className="overflow-x-auto rounded-2 bg-sunken py-1.5 font-mono text-12 leading-6"
    >
      <div className="w-max min-w-full">
        {diff.hunks.map((hunk, index) => (
          <div
            key={hunk.lines[0]?.before ?? hunk.lines[0]?.after ?? index}
            className={cx(index > 0 && "mt-1.5 border-t border-dashed border-line-strong pt-1.5")}
          >
            {markLines(hunk.lines).map((marked) => (
              <Line key={`${marked.line.kind} ${marked.line.before} ${marked.line.after}`} marked={marked} />
            ))}
          </div>
        ))}
      </div>
    </ScrollRegion>
  );
}

function Line({ marked: { line, marked } }: { marked: MarkedLine }) {
  const look = LOOKS[line.kind];
  return (
    <div className={cx("grid grid-cols-[34px_34px_22px_1fr] whitespace-pre", look.row)}>
      <LineNumber value={line.before} isQuiet={line.kind === "same"} />
      <LineNumber value={line.after} isQuiet={line.kind === "same"} />
      <span aria-hidden="true" className="text-center">
        {look.sign}
      </span>
      <code className="pr-3">
        {look.word === "" ? null : <span className="sr-only">{look.word}</span>}
        {marked === null || marked.changed === "" ? (
          line.text
        ) : (
          <>
            {marked.before}
            <mark className="rounded-[2px] bg-[color-mix(in_srgb,currentColor_13%,transparent)] px-px font-semi text-inherit">
              {marked.changed}
            </mark>
            {marked.after}
          </>
        )}
      </code>
    </div>
  );
}

function LineNumber({ value, isQuiet }: { value: number | null; isQuiet: boolean }) {
  return (
    <span aria-hidden="true" className={cx("select-none pr-2 text-right text-11", isQuiet && "text-text-3")}>
      {value ?? ""}
    </span>
  );
}

/** A whole text with its line numbers, as it stands. */
export function NumberedText({ text, label, className }: { text: string; label: string; className?: string }) {
  const lines = text
    .replace(/\n$/, "")
    .split("\n")
    .map((line, index) => ({ line, number: index + 1 }));
  return (
    <ScrollRegion
      label={label}
      className={cx("overflow-auto rounded-2 bg-sunken py-1.5 font-mono text-12 leading-6 text-text-2", className)}
    >
      <div className="w-max min-w-full">
        {lines.map(({ line, number }) => (
          <div key={number} className="grid grid-cols-[44px_1fr] whitespace-pre">
            <LineNumber value={number} isQuiet />
            <code className="pr-3">{line}</code>
          </div>
        ))}
      </div>
    </ScrollRegion>
  );
}
