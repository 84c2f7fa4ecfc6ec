"use client";

import { Written } from "#components/changes/owner-card.tsx";
import { SplitBar, splitWords } from "#components/routing/split-bar.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { formatDuration } from "#lib/client/format.ts";
import { AsItIsNow } from "./as-it-is-now.tsx";
import { useHref } from "#lib/client/use-href.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { ServiceDetail } from "#lib/model/inventory.ts";

/** How calls to the service are shared, and by which file. */
export function RoutePanel({ answer }: { answer: Sourced<ServiceDetail> }) {
  const hrefTo = useHref();
  const { routes } = answer.value;
  return (
    <Panel title={routes.length > 1 ? "Routes" : "Route"} aside={<AsItIsNow />} answer={answer}>
      {routes.length === 0 ? (
        <p className="px-4 pb-4 text-12 text-text-2">No route that Weft knows of leads here, so its calls cannot be steered from here.</p>
      ) : null}
      {routes.map((route) =>
        route.rules.map((rule) => (
          <KeyValues
            key={`${route.id} ${rule.id}`}
            className="gap-y-[9px] px-4 pb-3.5"
            items={[
              { key: "Route", value: <EvidenceLink href={hrefTo("/route", { id: route.id })}>{route.host}</EvidenceLink> },
              { key: "Match", value: rule.match },
              {
                key: "Split",
                value: (
                  <>
                    {rule.legs.length > 1 ? <SplitBar isThin legs={rule.legs} className="mb-1 mt-1.5" /> : null}
                    <span className="text-text-2">{splitWords(rule.legs)}</span>
                  </>
                ),
              },
              { key: "Timeout", value: rule.timeoutMs === null ? "none" : formatDuration(rule.timeoutMs) },
              { key: "Retries", value: rule.retries ?? "none" },
              { key: "Written by", value: <Written owner={route.owner} /> },
            ]}
          />
        )),
      )}
    </Panel>
  );
}
