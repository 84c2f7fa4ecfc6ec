"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { routeColumns, steering } from "#components/routing/route-columns.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ListPanel } from "#components/ui/list-panel.tsx";
import { Page, PageHeader } from "#components/ui/page-header.tsx";
import { formatQuantity } from "#lib/client/format.ts";
import { routesQuery } from "#lib/client/query-options.ts";
import { useHref } from "#lib/client/use-href.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { Route } from "#lib/model/routing.ts";

const INITIAL_SORT = { column: "split", direction: "desc" } as const;

function textsOf(row: Route) {
  return [
    row.host,
    row.target,
    row.kind,
    row.owner.name,
    row.config.location,
    ...row.rules.flatMap((rule) => rule.legs.map((leg) => leg.version)),
  ];
}

function sentence(routes: readonly Route[]): string {
  const broken = routes.filter((route) => route.problem !== null);
  if (broken.length > 0)
    return `${formatQuantity(broken.length, "route")} cannot be steered as ${broken.length === 1 ? "it stands" : "they stand"}`;
  const split = routes.filter((route) => route.rules.some((rule) => rule.legs.length > 1));
  const open = routes.filter((route) => steering(route).isOpen);
  if (routes.length === 0) return "No route is known";
  return `${split.length} of ${formatQuantity(routes.length, "route")} ${split.length === 1 ? "shares" : "share"} calls among versions, ${open.length} can be steered`;
}

export function RoutesClient() {
  const hrefTo = useHref();
  const routes = useQuery(routesQuery());
  const columns = useMemo(() => routeColumns(hrefTo), [hrefTo]);
  const items = routes.data?.value.items;
  return (
    <Page isFull>
      <PageHeader trail="Routes" title={items === undefined ? "Routes" : sentence(items)} />
      <ListPanel
        title="Routes"
        one="route"
        many="routes"
        query={routes}
        columns={columns}
        rowKey={(row) => row.id}
        initialSort={INITIAL_SORT}
        textsOf={textsOf}
        namespaceOf={(row) => parseNodeId(row.target).namespace}
        empty={
          <EmptyState title="Weft was not shown any routes">
            Without them it can watch, but not steer. Give it the directory that the routes live in; see{" "}
            <EvidenceLink href={hrefTo("/sources")}>Sources</EvidenceLink>.
          </EmptyState>
        }
      />
    </Page>
  );
}
