"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { proxyColumns } from "#components/proxies/proxy-columns.tsx";
import { proxiesSentence } from "#components/proxies/proxy-words.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ListPanel } from "#components/ui/list-panel.tsx";
import { Page, PageHeader } from "#components/ui/page-header.tsx";
import { proxiesQuery } from "#lib/client/query-options.ts";
import { useHref } from "#lib/client/use-href.ts";
import type { Proxy } from "#lib/model/topology.ts";

const INITIAL_SORT = { column: "state", direction: "asc" } as const;

function textsOf(row: Proxy) {
  return [row.id, row.service, row.namespace, row.version, row.state, row.sync, row.software];
}

export function ProxiesClient() {
  const hrefTo = useHref();
  const proxies = useQuery(proxiesQuery());
  const columns = useMemo(() => proxyColumns(hrefTo), [hrefTo]);
  const items = proxies.data?.value.items;
  return (
    <Page isFull>
      <PageHeader trail="Proxies" title={items === undefined ? "Proxies" : proxiesSentence(items)} />
      <ListPanel
        title="Proxies"
        one="proxy"
        many="proxies"
        query={proxies}
        columns={columns}
        rowKey={(row) => row.id}
        initialSort={INITIAL_SORT}
        textsOf={textsOf}
        namespaceOf={(row) => row.namespace}
        empty={
          <EmptyState title="No source knows a proxy yet">
            Weft reads one small file per proxy from a directory: <code>./weft up --proxies DIR</code>.{" "}
            <EvidenceLink href={hrefTo("/sources")}>Sources</EvidenceLink> says what it reads now.
          </EmptyState>
        }
      />
    </Page>
  );
}
