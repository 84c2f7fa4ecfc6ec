"use client";

import { useQuery } from "@tanstack/react-query";

import { RecentChanges } from "#components/changes/recent-changes.tsx";
import { ProxyChips } from "#components/proxies/proxy-chips.tsx";
import { AsItIsNow } from "#components/services/as-it-is-now.tsx";
import { OperationsPanel } from "#components/services/operations-panel.tsx";
import { PeersPanel } from "#components/services/peers-panel.tsx";
import { RoutePanel } from "#components/services/route-panel.tsx";
import { ServiceCharts } from "#components/services/service-charts.tsx";
import { ServiceHeader } from "#components/services/service-header.tsx";
import { VersionTable } from "#components/services/version-table.tsx";
import { RequestsSection } from "#components/traces/requests/requests-section.tsx";
import { NoticeList } from "#components/ui/notice-list.tsx";
import { Page } from "#components/ui/page-header.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StaleLine } from "#components/ui/problem-state.tsx";
import { ThingPending } from "#components/ui/thing-pending.tsx";
import { serviceQuery } from "#lib/client/query-options.ts";
import { useIdParam, useView } from "#lib/client/search-params.ts";
import { useAskedAt } from "#lib/client/use-asked-at.ts";
import { useHref } from "#lib/client/use-href.ts";
import { parseNodeId } from "#lib/model/ids.ts";

export function ServiceClient() {
  const id = useIdParam();
  const hrefTo = useHref();
  const { window } = useView();
  const answer = useQuery(serviceQuery(id, window, useAskedAt()));
  if (answer.data === undefined) {
    return (
      <ThingPending
        noun="service"
        list={{ href: hrefTo("/services"), word: "Services" }}
        id={id}
        name={parseNodeId(id).service}
        query={answer}
      />
    );
  }
  const service = answer.data.value;
  return (
    <Page>
      <ServiceHeader service={service} />
      <StaleLine error={answer.error} what="This page" />
      <ServiceCharts answer={answer.data} window={window} />
      <VersionTable answer={answer.data} window={window} />
      <OperationsPanel id={service.id} window={window} />
      <div className="grid items-start gap-(--gap-panel) desk:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)_minmax(0,1.2fr)]">
        <PeersPanel answer={answer.data} />
        <RoutePanel answer={answer.data} />
        <div className="flex flex-col gap-(--gap-panel)">
          <RequestsSection subject={`service:${service.id}`} target={service.id} window={window} className="panel px-4 py-3" />
          <RecentChanges target={service.id} />
          <Panel
            title="Proxies"
            aside={
              <>
                <span className="text-12 text-text-2">{service.proxyList.length}</span>
                <AsItIsNow />
              </>
            }
            answer={answer.data}
          >
            <ProxyChips ids={service.proxyList.map((proxy) => proxy.id)} />
          </Panel>
        </div>
      </div>
      <NoticeList notices={answer.data.notices} className="panel px-4 py-3" />
    </Page>
  );
}
