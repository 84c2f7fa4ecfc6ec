"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { serviceColumns } from "#components/services/service-columns.tsx";
import { healthSentence } from "#components/services/words.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ListPanel } from "#components/ui/list-panel.tsx";
import { Page, PageHeader } from "#components/ui/page-header.tsx";
import { servicesQuery } from "#lib/client/query-options.ts";
import { windowEndWords } from "#lib/client/moment.ts";
import { useView, windowWords } from "#lib/client/search-params.ts";
import { useAskedAt } from "#lib/client/use-asked-at.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useNow } from "#lib/client/use-now.ts";
import { INTERNET_ID } from "#lib/model/ids.ts";
import type { ServiceSummary } from "#lib/model/inventory.ts";

const INITIAL_SORT = { column: "status", direction: "asc" } as const;

function textsOf(row: ServiceSummary) {
  return [row.service, row.namespace, row.health.status, row.kind, ...row.versions.map((one) => one.version)];
}

export function ServicesClient() {
  const { window, at } = useView();
  const now = useNow();
  const hrefTo = useHref();
  const services = useQuery(servicesQuery(window, useAskedAt()));
  const columns = useMemo(() => serviceColumns(hrefTo, at !== null), [hrefTo, at]);
  const items = services.data?.value.items;
  return (
    <Page isFull>
      <PageHeader
        trail={`Services, ${windowEndWords(windowWords(window), at, now)}`}
        title={
          items === undefined ? "Services" : healthSentence(items.filter((one) => one.id !== INTERNET_ID).map((one) => one.health.status))
        }
      />
      <ListPanel
        title="Services"
        one="service"
        many="services"
        query={services}
        columns={columns}
        rowKey={(row) => row.id}
        initialSort={INITIAL_SORT}
        textsOf={textsOf}
        namespaceOf={(row) => row.namespace}
        empty={
          <EmptyState title="No source has named a service yet">
            A service appears as soon as one proxy answers, with or without traffic. See{" "}
            <EvidenceLink href={hrefTo("/sources")}>Sources</EvidenceLink> for what answers and what does not.
          </EmptyState>
        }
      />
    </Page>
  );
}
