"use client";

import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";

import { NoneInNamespaces } from "#components/services/none-in-namespaces.tsx";
import { serviceColumns } from "#components/services/service-columns.tsx";
import { healthSentence } from "#components/services/words.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ListPanel } from "#components/ui/list-panel.tsx";
import { Page, PageHeader } from "#components/ui/page-header.tsx";
import { StatusCounts } from "#components/ui/status-counts.tsx";
import { countedServices, countHealth } from "#lib/client/counted-services.ts";
import { servicesQuery } from "#lib/client/query-options.ts";
import { windowEndWords } from "#lib/client/moment.ts";
import { useView, windowWords } from "#lib/client/search-params.ts";
import { useAskedAt } from "#lib/client/use-asked-at.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useNow } from "#lib/client/use-now.ts";
import { mapSourced, type Sourced } from "#lib/model/evidence.ts";
import type { ServiceSummary } from "#lib/model/inventory.ts";

type ServiceAnswer = Sourced<{ items: ServiceSummary[]; total: number; next: string | null }>;

const INITIAL_SORT = { column: "status", direction: "asc" } as const;

function textsOf(row: ServiceSummary) {
  return [row.service, row.namespace, row.health.status, row.kind, ...row.versions.map((one) => one.version)];
}

export function ServicesClient() {
  const { window, at, namespaces } = useView();
  const now = useNow();
  const hrefTo = useHref();
  // The same services as the map counts.
  const select = useCallback(
    (answer: ServiceAnswer) => mapSourced(answer, (list) => ({ ...list, items: countedServices(list.items, namespaces) })),
    [namespaces],
  );
  const services = useQuery({ ...servicesQuery(window, useAskedAt(), namespaces), select });
  const columns = useMemo(() => serviceColumns(hrefTo, at !== null), [hrefTo, at]);
  const items = services.data?.value.items;
  const isNoneChosen = items?.length === 0 && namespaces.length > 0;
  const counts = useMemo(() => countHealth(items ?? []), [items]);
  return (
    <Page isFull>
      <PageHeader
        trail={`Services, ${windowEndWords(windowWords(window), at, now)}`}
        title={items === undefined || isNoneChosen ? "Services" : healthSentence(items.map((one) => one.health.status))}
      >
        <StatusCounts counts={counts} className={items === undefined ? "invisible max-tablet:hidden" : "max-tablet:hidden"} />
      </PageHeader>
      <ListPanel
        title="Services"
        one="service"
        many="services"
        query={services}
        columns={columns}
        rowKey={(row) => row.id}
        initialSort={INITIAL_SORT}
        textsOf={textsOf}
        empty={
          isNoneChosen ? (
            <NoneInNamespaces namespaces={namespaces} />
          ) : (
            <EmptyState title="No source has named a service yet">
              A service appears as soon as one proxy answers, with or without traffic. See{" "}
              <EvidenceLink href={hrefTo("/sources")}>Sources</EvidenceLink> for what answers and what does not.
            </EmptyState>
          )
        }
      />
    </Page>
  );
}
