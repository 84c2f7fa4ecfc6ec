"use client";

import { useId, useState } from "react";

import { nameOfId } from "#components/map/model/names.ts";
import { Button } from "#components/ui/button.tsx";
import { ProblemLine } from "#components/ui/problem-line.tsx";
import { ScrollRegion } from "#components/ui/scroll-region.tsx";
import { asSentence } from "#lib/client/format.ts";
import { useCreatePlan } from "#lib/client/use-steering.ts";

import { DEMAND_WORDS } from "./security-words.ts";
import { reviewRefusal, type WhatIfWorkload } from "./what-if-scopes.ts";

export interface WhatIfWorkloadsProps {
  workloads: readonly WhatIfWorkload[];
  refusal: string | null;
  onPlan: (planId: string) => void;
}

/** The workloads in question, each with the way to the review of STRICT, or with the reason why there is none. */
export function WhatIfWorkloads({ workloads, refusal, onPlan }: WhatIfWorkloadsProps) {
  const [error, setError] = useState<unknown>(null);
  return (
    <div className="mt-auto border-t px-4 py-3">
      {workloads.length === 0 ? <p className="text-12 text-text-2">No workload stands in what was asked about.</p> : null}
      <ScrollRegion label="Workloads in question" className="-mx-4 max-h-60 overflow-auto">
        <ul className="grid gap-2.5 px-4">
          {workloads.map((workload) => (
            <li key={workload.id}>
              <ReviewLine workload={workload} refusal={refusal} onPlan={onPlan} onError={setError} />
            </li>
          ))}
        </ul>
      </ScrollRegion>
      {error === null ? null : (
        <div className="mt-2">
          <ProblemLine error={error} what="No plan was made" />
        </div>
      )}
      <p className="mt-2 text-11 text-text-3">A review shows the lines and the checks first. Nothing is written by opening it.</p>
    </div>
  );
}

interface ReviewLineProps {
  workload: WhatIfWorkload;
  refusal: string | null;
  onPlan: (planId: string) => void;
  onError: (error: unknown) => void;
}

function ReviewLine({ workload, refusal, onPlan, onError }: ReviewLineProps) {
  const plan = useCreatePlan();
  const reasonId = useId();
  const reason = reviewRefusal(workload, refusal);
  const press = () => {
    if (workload.objectId === null) return;
    onError(null);
    plan.mutate({ objectId: workload.objectId, demand: "strict" }, { onSuccess: (answer) => onPlan(answer.value.id), onError });
  };
  return (
    <div className="flex items-center gap-3">
      <span className="min-w-0 flex-1 text-12">
        <b className="font-medium">{nameOfId(workload.id)}</b> <span className="text-text-2">is {DEMAND_WORDS[workload.demand]}</span>
        <span id={reasonId} className="block text-text-2 [overflow-wrap:anywhere]">
          {reason === null ? "" : asSentence(reason)}
        </span>
      </span>
      <Button isDisabled={reason !== null || plan.isPending} aria-describedby={reason === null ? undefined : reasonId} onClick={press}>
        {plan.isPending ? "Planning" : "Review STRICT"}
        <span className="sr-only"> of {nameOfId(workload.id)}</span>
      </Button>
    </div>
  );
}
