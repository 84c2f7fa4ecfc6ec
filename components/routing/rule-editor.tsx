"use client";

import { useRouter } from "next/navigation.js";
import { useState } from "react";

import { Button } from "#components/ui/button.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { ProblemLine } from "#components/ui/problem-line.tsx";
import { formatDuration } from "#lib/client/format.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useWriteRefusal } from "#lib/client/use-session.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { ServiceDetail } from "#lib/model/inventory.ts";
import type { Route, RouteRule } from "#lib/model/routing.ts";

import type { Weights } from "./draft.ts";
import { observedShares } from "./observed-shares.ts";
import { ReviewButton } from "./review-button.tsx";
import { SplitBar, splitWords } from "./split-bar.tsx";
import { SplitEditor } from "./split-editor.tsx";

export interface RuleEditorProps {
  route: Sourced<Route>;
  rule: RouteRule;
  /** The service that the route leads to, for what was observed; `undefined` until it is known. */
  service: ServiceDetail | undefined;
}

/** One rule of a route: what it matches, how it shares calls, and the editor where it can be steered. */
export function RuleEditor({ route, rule, service }: RuleEditorProps) {
  const [draft, setDraft] = useState<Weights | null>(null);
  const router = useRouter();
  const hrefTo = useHref();
  const refusal = useWriteRefusal();
  const [error, setError] = useState<unknown>(null);
  const red = service?.versions.map((one) => ({ version: one.version, red: one.red })) ?? [];
  const isSplit = rule.legs.length > 1;
  return (
    <Panel title={`Rule ${rule.id}`} aside={<span className="text-12 text-text-2">{rule.match}</span>} answer={route}>
      <div className="grid gap-5 px-4 pb-4 desk:grid-cols-[280px_minmax(0,1fr)]">
        <KeyValues
          className="content-start"
          items={[
            { key: "Match", value: rule.match },
            {
              key: "Asked",
              value: (
                <>
                  {isSplit ? <SplitBar isThin legs={rule.legs} className="my-1.5" /> : null}
                  <span className="text-text-2">{splitWords(rule.legs)}</span>
                </>
              ),
            },
            { key: "Timeout", value: rule.timeoutMs === null ? "none" : formatDuration(rule.timeoutMs) },
            { key: "Retries", value: rule.retries ?? "none" },
          ]}
        />
        <div className="max-w-[460px]">
          <SplitEditor
            route={route.value}
            rule={rule}
            observed={observedShares(rule.legs, red)}
            rate={service?.red.rate ?? null}
            disabledReason={refusal}
            draft={draft}
            onDraft={setDraft}
          />
          {isSplit && rule.editable && route.value.problem === null ? (
            <div className="mt-3 grid gap-2">
              <ProblemLine error={error} what="It could not be planned" />
              <div className="flex gap-2">
                <ReviewButton
                  route={route.value}
                  rule={rule}
                  draft={draft}
                  refusal={refusal}
                  onError={setError}
                  onPlan={(planId) => router.push(hrefTo("/change", { plan: planId }))}
                />
                <Button isDisabled={draft === null} onClick={() => setDraft(null)}>
                  Discard
                </Button>
              </div>
            </div>
          ) : null}
        </div>
      </div>
    </Panel>
  );
}
