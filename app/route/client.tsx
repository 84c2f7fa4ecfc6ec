"use client";

import { useQuery } from "@tanstack/react-query";

import { Written } from "#components/changes/owner-card.tsx";
import { RecentChanges } from "#components/changes/recent-changes.tsx";
import { NumberedText } from "#components/changes/yaml-diff.tsx";
import { ProxyChips } from "#components/proxies/proxy-chips.tsx";
import { RuleEditor } from "#components/routing/rule-editor.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { NoticeList } from "#components/ui/notice-list.tsx";
import { Page, PageHeader } from "#components/ui/page-header.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StaleLine } from "#components/ui/problem-state.tsx";
import { ThingPending } from "#components/ui/thing-pending.tsx";
import { SourceBadge } from "#components/ui/source-badge.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { routeQuery, serviceQuery } from "#lib/client/query-options.ts";
import { useIdParam, useView } from "#lib/client/search-params.ts";
import { useHref } from "#lib/client/use-href.ts";
import { parseNodeId } from "#lib/model/ids.ts";

export function RouteClient() {
  const id = useIdParam();
  const hrefTo = useHref();
  const { window } = useView();
  const answer = useQuery(routeQuery(id));
  const route = answer.data?.value;
  const service = useQuery(serviceQuery(route?.target ?? "", window));
  if (answer.data === undefined || route === undefined) {
    return <ThingPending noun="route" list={{ href: hrefTo("/routes"), word: "Routes" }} id={id} name={id} query={answer} />;
  }
  return (
    <Page>
      <PageHeader
        trail={
          <>
            <EvidenceLink href={hrefTo("/routes")}>Routes</EvidenceLink> / {parseNodeId(route.target).service}
          </>
        }
        title={route.host}
      >
        <SourceBadge answer={answer.data} />
      </PageHeader>
      <StaleLine error={answer.error} what="This page" />
      {route.problem === null ? null : (
        <p className="flex items-start gap-2 rounded-3 bg-fail-bg px-4 py-3 text-fail-text">
          <StatusGlyph tone="fail" className="mt-1" />
          <span>
            <b className="font-semi">It cannot be steered as it stands.</b> {route.problem}
          </span>
        </p>
      )}
      {route.rules.map((rule) => (
        <RuleEditor key={rule.id} route={answer.data} rule={rule} service={service.data?.value} />
      ))}
      <div className="grid gap-(--gap-panel) desk:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <div className="flex flex-col gap-(--gap-panel)">
          <Panel title="Who owns this route">
            <KeyValues
              className="px-4 pb-3.5"
              items={[
                { key: "Leads to", value: <EvidenceLink href={hrefTo("/service", { id: route.target })}>{route.target}</EvidenceLink> },
                { key: "Kind", value: route.kind },
                { key: "Kept in", value: <span className="break-all font-mono">{route.config.location}</span> },
                { key: "Written by", value: <Written owner={route.owner} /> },
                { key: "Revision", value: <span className="break-all font-mono text-11">{route.revision}</span> },
              ]}
            />
          </Panel>
          <Panel title="Proxies that take it" aside={<span className="text-12 text-text-2">{route.proxies.length}</span>}>
            <ProxyChips ids={route.proxies} />
          </Panel>
          <RecentChanges routeId={route.id} />
        </div>
        <Panel title="Text" aside={<span className="font-mono text-11 text-text-2">{route.config.location}</span>} answer={answer.data}>
          <div className="px-4 pb-4">
            <NumberedText text={route.config.text} label={`Text of ${route.config.location}`} className="max-h-[560px]" />
          </div>
        </Panel>
      </div>
      <NoticeList notices={answer.data.notices} className="panel px-4 py-3" />
    </Page>
  );
}
