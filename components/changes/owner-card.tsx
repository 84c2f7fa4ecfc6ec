"use client";

import { useQuery } from "@tanstack/react-query";

import { ownerWords } from "#components/routing/owner-words.ts";
import { shortMove } from "#components/routing/split-words.ts";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { changesQuery, routeQuery } from "#lib/client/query-options.ts";
import { useHref } from "#lib/client/use-href.ts";
import type { Owner } from "#lib/model/routing.ts";

import type { Review } from "./review.ts";

/** Who holds the route that a change would write, and what was last done to it. */
export function OwnerCard({ review }: { review: Review }) {
  const hrefTo = useHref();
  const route = useQuery(routeQuery(review.routeId));
  const changes = useQuery(changesQuery({ routeId: review.routeId }));
  const owner: Owner | null = review.plan?.owner ?? route.data?.value.owner ?? null;
  const earlier = changes.data?.value.items.find(
    (change) => change.id !== review.change?.id && (review.change === null || change.timings.askedAt < review.change.timings.askedAt),
  );
  const rules = route.data?.value.rules.length;
  return (
    <Panel title="Who owns this route" className="min-h-[218px]">
      <KeyValues
        className="px-4 pb-3.5"
        items={[
          {
            key: "Resource",
            value: (
              <>
                {route.data?.value.kind ?? "route"}{" "}
                <EvidenceLink href={hrefTo("/route", { id: review.routeId })} className="font-medium">
                  {review.host}
                </EvidenceLink>
              </>
            ),
          },
          { key: "Kept in", value: <span className="font-mono break-all">{review.diff.location}</span> },
          { key: "Written by", value: owner === null ? "…" : <Written owner={owner} /> },
          {
            key: "Rules",
            value:
              rules === undefined ? "…" : rules === 1 ? "no other rule takes this host" : `${rules - 1} more on this host stay as they are`,
          },
          { key: "Proxies", value: `${review.proxyCount} take this route` },
          {
            key: "Change before",
            value:
              earlier === undefined ? (
                <span className="text-text-3">none from here</span>
              ) : (
                <>
                  <Moment at={earlier.timings.askedAt} />, {shortMove(earlier.legs)}{" "}
                  <EvidenceLink href={hrefTo("/change", { id: earlier.id })} className="text-info-text">
                    {earlier.id}
                  </EvidenceLink>
                </>
              ),
          },
        ]}
      />
    </Panel>
  );
}

export function Written({ owner }: { owner: Owner }) {
  return (
    <>
      {ownerWords(owner)}
      {owner.since === null ? null : (
        <>
          , since <Moment at={owner.since} />
        </>
      )}
    </>
  );
}
