"use client";

import { useRouter } from "next/navigation.js";
import { useMemo } from "react";
import { useQuery } from "@tanstack/react-query";

import { draftWeights, toDraft } from "#components/routing/draft.ts";
import type { Weights } from "#components/routing/draft.ts";
import { observedShares } from "#components/routing/observed-shares.ts";
import { SplitEditor } from "#components/routing/split-editor.tsx";
import { affectedSentence, shortMove } from "#components/routing/split-words.ts";
import { Button } from "#components/ui/button.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { asProblem } from "#lib/client/api-problem.ts";
import { proxiesQuery } from "#lib/client/query-options.ts";
import { useAt } from "#lib/client/search-params.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useWriteRefusal } from "#lib/client/use-session.ts";
import { useCreatePlan } from "#lib/client/use-steering.ts";
import type { MeshNode } from "#lib/model/graph.ts";
import type { Route, RouteRule } from "#lib/model/routing.ts";
import { sharesOf } from "#lib/routing/apportion.ts";

export interface SplitSectionProps {
  node: MeshNode;
  route: Route;
  rule: RouteRule;
  /** Kept by the map, so that looking at another service does not lose it. */
  draft: Weights | null;
  onDraft: (draft: Weights | null) => void;
}

/** The split of one rule: asked, observed, drafted; and the way to its review. Nothing is written from here. */
export function SplitSection({ node, route, rule, draft, onDraft }: SplitSectionProps) {
  const router = useRouter();
  const hrefTo = useHref();
  const refusal = useWriteRefusal();
  const createPlan = useCreatePlan();
  const callers = useCallers(route);
  // Weights are as they are now: what was observed in the past is no answer to them.
  const isPast = useAt() !== null;
  const observed = useMemo(() => observedShares(rule.legs, isPast ? [] : node.versions), [rule.legs, node.versions, isPast]);
  const weights = draftWeights(rule.legs, draft);
  const isDrafted = toDraft(rule.legs, weights) !== null;

  const review = (): void => {
    createPlan.mutate(
      {
        routeId: route.id,
        ruleId: rule.id,
        weights: Object.fromEntries(rule.legs.map((leg, index) => [leg.id, weights[index] ?? leg.weight])),
        reason: null,
      },
      { onSuccess: (plan) => router.push(hrefTo("/change", { plan: plan.value.id })) },
    );
  };

  return (
    <>
      <section aria-label={`Split of ${route.host}`} className="grid gap-3 px-4 py-3">
        <div className="flex min-w-0 items-baseline gap-2">
          <h3 className="whitespace-nowrap text-13 font-semi">{isPast ? "Split, as it is now" : "Split"}</h3>
          <span className="min-w-0 flex-1 truncate text-12 text-text-3">
            <EvidenceLink href={hrefTo("/route", { id: route.id })}>{route.config.location}</EvidenceLink>
            {rule.match === "every path" ? "" : `, ${rule.match}`}
          </span>
          <span className="whitespace-nowrap text-11 text-text-3">{route.source}</span>
        </div>
        <SplitEditor
          route={route}
          rule={rule}
          observed={observed}
          rate={isPast ? null : node.red.rate}
          disabledReason={refusal}
          draft={draft}
          onDraft={(next) => {
            createPlan.reset();
            onDraft(next);
          }}
        />
        {isDrafted ? <p className="-mt-5 text-12 text-text-2">{affectedSentence(route.proxies.length, callers)}</p> : null}
      </section>
      {isDrafted ? (
        <div className="sticky bottom-0 z-10 mt-auto flex flex-wrap gap-2 border-t bg-surface px-4 py-3">
          {createPlan.isError ? <PlanProblem error={createPlan.error} /> : null}
          <span className="grid min-w-0 flex-1">
            <Button kind="primary" className="min-w-0" isDisabled={refusal !== null || createPlan.isPending} onClick={review}>
              {createPlan.isPending ? "Asking for a plan…" : "Review change"}{" "}
              <span className="truncate font-medium">{moveOf(rule, weights)}</span>
            </Button>
          </span>
          <Button
            onClick={() => {
              createPlan.reset();
              onDraft(null);
            }}
          >
            Discard
          </Button>
        </div>
      ) : null}
    </>
  );
}

function moveOf(rule: RouteRule, weights: readonly number[]): string {
  const after = sharesOf(weights);
  return shortMove(
    rule.legs.map((leg, index) => ({
      id: leg.id,
      version: leg.version,
      before: { share: leg.share },
      after: { share: after[index] ?? leg.share },
    })),
  );
}

/** Services whose proxies take the route. */
function useCallers(route: Route): string[] {
  const proxies = useQuery(proxiesQuery());
  const items = proxies.data?.value.items;
  return useMemo(() => {
    const taken = new Set(route.proxies);
    const ids = (items ?? []).filter((proxy) => taken.has(proxy.id)).map((proxy) => proxy.nodeId);
    return [...new Set(ids)].toSorted();
  }, [route.proxies, items]);
}

/** Why there is no plan, and what to do about it, where the reader is looking. */
function PlanProblem({ error }: { error: unknown }) {
  const problem = asProblem(error);
  return (
    <p role="alert" className="flex w-full gap-2 rounded-2 bg-fail-bg px-3 py-2 text-12 text-fail-text">
      <StatusGlyph tone="fail" className="mt-0.5" />
      <span>
        {problem.message}
        {problem.mend === null ? null : <span className="text-text"> {problem.mend}</span>}
      </span>
    </p>
  );
}
