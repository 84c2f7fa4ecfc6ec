"use client";

import { useQuery } from "@tanstack/react-query";

import { CertificateList } from "#components/proxies/certificate-list.tsx";
import { ConfigViewer } from "#components/proxies/config-viewer.tsx";
import { proxyTone, proxyWord, SYNC_WORDS } from "#components/proxies/proxy-words.ts";
import { UpstreamTable } from "#components/proxies/upstream-table.tsx";
import { Missing } from "#components/ui/delta.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Age } from "#components/ui/moment.tsx";
import { NoticeList } from "#components/ui/notice-list.tsx";
import { Page, PageHeader } from "#components/ui/page-header.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StaleLine } from "#components/ui/problem-state.tsx";
import { ThingPending } from "#components/ui/thing-pending.tsx";
import { SourceBadge } from "#components/ui/source-badge.tsx";
import { StatusWord } from "#components/ui/status-word.tsx";
import { formatDuration, formatSpan } from "#lib/client/format.ts";
import { proxyQuery } from "#lib/client/query-options.ts";
import { useIdParam } from "#lib/client/search-params.ts";
import { useHref } from "#lib/client/use-href.ts";
import type { Proxy } from "#lib/model/topology.ts";

export function ProxyClient() {
  const id = useIdParam();
  const hrefTo = useHref();
  const answer = useQuery(proxyQuery(id));
  const view = answer.data?.value;
  if (view === undefined) {
    return <ThingPending noun="proxy" list={{ href: hrefTo("/proxies"), word: "Proxies" }} id={id} name={id} query={answer} />;
  }
  const { proxy } = view;
  return (
    <Page>
      <PageHeader
        trail={<EvidenceLink href={hrefTo("/proxies")}>Proxies</EvidenceLink>}
        title={<span className="font-mono">{proxy.id}</span>}
      >
        <StatusWord tone={proxyTone(proxy.state)}>{proxyWord(proxy.state)}</StatusWord>
        <StatusWord tone={SYNC_WORDS[proxy.sync].tone} isQuiet>
          routing {SYNC_WORDS[proxy.sync].word}
        </StatusWord>
        <SourceBadge answer={answer.data} />
      </PageHeader>
      <StaleLine error={answer.error} what="This page" />
      {proxy.reason === null ? null : <p className="rounded-2 bg-fail-bg px-4 py-3 text-fail-text">{proxy.reason}</p>}
      <div className="grid gap-(--gap-panel) desk:grid-cols-[360px_minmax(0,1fr)]">
        <div className="flex flex-col gap-(--gap-panel)">
          <Facts proxy={proxy} />
          <Panel title="Certificates">
            <CertificateList certificates={view.certificates} />
          </Panel>
        </div>
        <Panel title="Targets" aside={<span className="text-12 text-text-2">as this proxy sees them</span>} answer={answer.data}>
          <UpstreamTable upstreams={view.upstreams} hrefTo={hrefTo} />
        </Panel>
      </div>
      <Panel
        title="Configuration in force"
        aside={<span className="text-12 text-text-2">as the proxy tells it, secrets masked</span>}
        answer={answer.data}
      >
        <ConfigViewer config={view.config} />
      </Panel>
      <NoticeList notices={answer.data?.notices ?? []} className="panel px-4 py-3" />
    </Page>
  );
}

function Facts({ proxy }: { proxy: Proxy }) {
  const hrefTo = useHref();
  return (
    <Panel title="What it is">
      <KeyValues
        className="px-4 pb-3.5"
        items={[
          {
            key: "Service",
            value: (
              <EvidenceLink href={hrefTo("/service", { id: proxy.nodeId })}>
                {proxy.service}
                {proxy.version === null ? "" : ` ${proxy.version}`}
              </EvidenceLink>
            ),
          },
          { key: "Namespace", value: proxy.namespace ?? <Missing word="none" /> },
          { key: "Software", value: proxy.software ?? <Missing word="not told yet" /> },
          { key: "Up for", value: proxy.uptimeSeconds === null ? <Missing /> : formatSpan(proxy.uptimeSeconds * 1_000) },
          { key: "Last answer", value: <Age at={proxy.lastSeen} /> },
          { key: "Answers in", value: proxy.answeredInMs === null ? <Missing word="no answer" /> : formatDuration(proxy.answeredInMs) },
        ]}
      />
      {proxy.gaps.length === 0 ? null : (
        <div className="border-t px-4 py-3 text-12">
          <h3 className="mb-1 font-semi">It could say more</h3>
          <ul className="grid gap-1.5">
            {proxy.gaps.map((gap) => (
              <li key={gap.missing}>
                Missing: {gap.missing}. <span className="text-text-2">Switch on: {gap.setting}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Panel>
  );
}
