"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation.js";

import { whatIfQuery } from "#lib/client/security-queries.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useWriteRefusal } from "#lib/client/use-session.ts";
import type { WhatIfScope, WorkloadPosture } from "#lib/model/security.ts";

import { ScopePicker } from "./scope-picker.tsx";
import { WhatIfStrict } from "./what-if-strict.tsx";
import { scopeOptions } from "./what-if-scopes.ts";

export interface WhatIfPanelProps {
  scope: WhatIfScope;
  workloads: readonly WorkloadPosture[];
  onScope: (scope: WhatIfScope) => void;
}

/** Asks what STRICT would break, and leads to the review of the change. */
export function WhatIfPanel({ scope, workloads, onScope }: WhatIfPanelProps) {
  const query = useQuery(whatIfQuery(scope));
  const refusal = useWriteRefusal();
  const router = useRouter();
  const hrefTo = useHref();
  return (
    <WhatIfStrict
      scope={scope}
      query={query}
      refusal={refusal}
      picker={<ScopePicker scope={scope} options={scopeOptions(workloads)} onChoose={onScope} />}
      onPlan={(planId) => router.push(hrefTo("/change", { plan: planId }))}
    />
  );
}
