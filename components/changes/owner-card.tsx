"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { ownerWords } from "#components/routing/owner-words.ts";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { formatQuantity } from "#lib/client/format.ts";
import { changesQuery, routeQuery } from "#lib/client/query-options.ts";
import { useHref } from "#lib/client/use-href.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { Owner } from "#lib/model/routing.ts";

import { shortChange } from "./change-words.ts";
import { changeBefore, type DemandReview, type Review, type SplitReview } from "./review.ts";

/** Who holds the object that a change would write, and what was last done to it. */
export function OwnerCard({ review }: { review: Review }) {
  return review.kind === "split" ? <RouteOwner review={review} /> : <DemandOwner review={review} />;
}

function RouteOwner({ review }: { review: SplitReview }) {
  const hrefTo = useHref();
  const route = useQuery(routeQuery(review.routeId));
  const owner = review.plan?.owner ?? route.data?.value.owner;
  const rules = route.data?.value.rules.length;
  return (
    <OwnerFacts
      review={review}
      title="Who owns this route"
      resource={
        <>
          {route.data?.value.kind ?? "route"}{" "}
          <EvidenceLink href={hrefTo("/route", { id: review.routeId })} className="font-medium">
            {review.host}
          </EvidenceLink>
        </>
      }
      written={owner === undefined ? "…" : <Written owner={owner} />}
      more={[
        {
          key: "Rules",
          value:
            rules === undefined ? "…" : rules === 1 ? "no other rule takes this host" : `${rules - 1} more on this host stay as they are`,
        },
        { key: "Proxies", value: `${review.proxyCount} take this route` },
      ]}
    />
  );
}

function DemandOwner({ review }: { review: DemandReview }) {
  const hrefTo = useHref();
  const owner = review.plan?.owner;
  return (
    <OwnerFacts
      review={review}
      title="Who owns this demand"
      resource={
        <>
          what{" "}
          <EvidenceLink href={hrefTo("/service", { id: review.target })} className="font-medium">
            {parseNodeId(review.target).service}
          </EvidenceLink>{" "}
          demands of its callers
        </>
      }
      written={owner === undefined ? <span className="text-text-3">told when it was planned, not kept</span> : <Written owner={owner} />}
      more={[{ key: "Proxies", value: `${formatQuantity(review.proxyCount, "proxy runs", "proxies run")} it` }]}
    />
  );
}

interface OwnerFactsProps {
  review: Review;
  title: string;
  resource: ReactNode;
  written: ReactNode;
  more: readonly { key: string; value: ReactNode }[];
}

function OwnerFacts({ review, title, resource, written, more }: OwnerFactsProps) {
  const hrefTo = useHref();
  const changes = useQuery(changesQuery({ objectId: review.objectId }));
  const earlier = changeBefore(changes.data?.value.items ?? [], review);
  return (
    <Panel title={title} className="min-h-[218px]">
      <KeyValues
        className="px-4 pb-3.5"
        items={[
          { key: "Resource", value: resource },
          { key: "Kept in", value: <span className="font-mono break-all">{review.diff.location}</span> },
          { key: "Written by", value: written },
          ...more,
          {
            key: "Change before",
            value:
              earlier === undefined ? (
                <span className="text-text-3">none from here</span>
              ) : (
                <>
                  <Moment at={earlier.timings.askedAt} />, {shortChange(earlier)}{" "}
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
