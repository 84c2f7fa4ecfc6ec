"use client";

import { useRouter } from "next/navigation.js";

import { Button } from "#components/ui/button.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { ProblemLine } from "#components/ui/problem-line.tsx";
import { formatQuantity } from "#lib/client/format.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useWriteRefusal } from "#lib/client/use-session.ts";
import { useCreatePlan, useUndoChange } from "#lib/client/use-steering.ts";
import type { Change, DemandChange } from "#lib/model/change.ts";

import { touchedLines, undoWords } from "./change-words.ts";
import { isUndoStricter } from "./demand-words.ts";

/** The way back. It stays until the next change of the same object, and goes through the same guards as any other change. */
export function UndoBar({ change }: { change: Change }) {
  const router = useRouter();
  const hrefTo = useHref();
  const undo = useUndoChange();
  const refusal = useWriteRefusal();
  if (change.undoneBy !== null) {
    return (
      <p className="text-12 text-text-2">
        Undone by <EvidenceLink href={hrefTo("/change", { id: change.undoneBy })}>change {change.undoneBy}</EvidenceLink>.
      </p>
    );
  }
  if (!change.canUndo) {
    return <p className="text-12 text-text-2">{whyNoUndo(change)}</p>;
  }
  if (change.kind === "demand" && isUndoStricter(change)) return <ReviewBack change={change} refusal={refusal} />;
  const lines = touchedLines(change.diff);
  const press = () => undo.mutate(change.id, { onSuccess: (answer) => router.push(hrefTo("/change", { id: answer.value.id })) });
  return (
    <div className="grid gap-2">
      <ProblemLine error={undo.error} what="It was not undone" />
      <div className="flex flex-wrap items-center gap-3">
        <Button kind="primary" isDisabled={refusal !== null || undo.isPending} onClick={press} aria-describedby="undo-words">
          <Icon name="undo" size={14} />
          Undo <span className="font-medium">{undoWords(change)}</span>
        </Button>
        <span id="undo-words" className="max-w-64 text-12 leading-[1.35] text-text-3">
          {refusal ??
            `Writes the ${formatQuantity(lines, "old line", "old lines")} back, if nothing else changed ${lines === 1 ? "it" : "them"}.`}
        </span>
      </div>
    </div>
  );
}

/** An undo that would refuse callers goes by a review, as every change that does: it shows who that would be. */
function ReviewBack({ change, refusal }: { change: DemandChange; refusal: string | null }) {
  const router = useRouter();
  const hrefTo = useHref();
  const plan = useCreatePlan();
  const press = () =>
    plan.mutate(
      { objectId: change.objectId, demand: "strict" },
      { onSuccess: (answer) => router.push(hrefTo("/change", { plan: answer.value.id })) },
    );
  return (
    <div className="grid gap-2">
      <ProblemLine error={plan.error} what="No plan was made" />
      <div className="flex flex-wrap items-center gap-3">
        <Button isDisabled={refusal !== null || plan.isPending} onClick={press} aria-describedby="undo-words">
          <Icon name="undo" size={14} />
          {plan.isPending ? "Planning" : "Review the way back"} <span className="font-medium">to STRICT</span>
        </Button>
        <span id="undo-words" className="max-w-80 text-12 leading-[1.35] text-text-3">
          {refusal ?? "Undoing this would refuse callers that get in now. The review shows who they are; nothing is written by opening it."}
        </span>
      </div>
    </div>
  );
}

function whyNoUndo(change: Change): string {
  if (change.state === "refused") return "Nothing was written, so there is nothing to undo.";
  if (change.state === "rejected" || change.state === "reverted")
    return `It was already taken back: the old ${change.kind === "split" ? "weights are" : "demand is"} in force.`;
  if (change.state === "asked" || change.state === "accepted") return "Undo is offered as soon as the proxies were asked.";
  return "A later change of the same object took its place. Undo that one, or plan a new change.";
}
