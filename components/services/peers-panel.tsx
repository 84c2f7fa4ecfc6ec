"use client";

import type { ReactNode } from "react";

import { isRefusedOnly, lockOf } from "#components/map/model/transport.ts";
import { LockWord } from "#components/map/nodes/lock-glyph.tsx";
import { cx } from "#components/ui/cx.ts";
import { Missing } from "#components/ui/delta.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { ScrollRegion } from "#components/ui/scroll-region.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { toneOf } from "#components/ui/tone.ts";
import { formatDuration, formatNumber } from "#lib/client/format.ts";
import { emptyWords } from "#lib/client/unkept-words.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useNow } from "#lib/client/use-now.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { MeshEdge } from "#lib/model/graph.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { ServiceDetail } from "#lib/model/inventory.ts";

import { ErrorShare } from "./service-columns.tsx";
import { transportWord } from "./words.ts";

/** Who calls the service and whom it calls, with the numbers of each pair. */
export function PeersPanel({ answer }: { answer: Sourced<ServiceDetail> }) {
  const { service, inbound, outbound } = answer.value;
  const now = useNow();
  return (
    <Panel title="Peers" answer={answer}>
      <ScrollRegion label="Peers of this service" className="overflow-x-auto">
        <table className="w-full text-12">
          <caption className="sr-only">Callers and callees of {service}</caption>
          <Group
            title={`Calls ${service}`}
            edges={inbound}
            peerOf={(edge) => edge.source}
            empty={emptyWords(answer.notices, "Nobody called it in this window.", now)}
            isFirst
          />
          <Group
            title={`${service} calls`}
            edges={outbound}
            peerOf={(edge) => edge.target}
            empty={emptyWords(answer.notices, "It called nobody in this window.", now)}
          />
        </table>
      </ScrollRegion>
    </Panel>
  );
}

interface GroupProps {
  title: string;
  edges: readonly MeshEdge[];
  peerOf: (edge: MeshEdge) => string;
  empty: string;
  isFirst?: boolean;
}

function byRate(a: MeshEdge, b: MeshEdge): number {
  return (b.red.rate ?? 0) - (a.red.rate ?? 0);
}

function Group({ title, edges, peerOf, empty, isFirst = false }: GroupProps) {
  const heads = ["Requests/s", "Error %", "p95"] as const;
  return (
    <tbody className={cx(!isFirst && "border-t")}>
      <tr className="border-b text-11 text-text-3">
        <th scope="colgroup" className="h-7 px-2 pl-4 text-left font-medium">
          {title}
        </th>
        {heads.map((head) => (
          <th key={head} scope="col" className="px-2 text-right font-medium whitespace-nowrap">
            {isFirst ? head : <span className="sr-only">{head}</span>}
          </th>
        ))}
        <th scope="col" className="px-2 pr-4 text-left font-medium">
          {isFirst ? "Security" : <span className="sr-only">Security</span>}
        </th>
      </tr>
      {edges.length === 0 ? (
        <tr>
          <td colSpan={5} className="h-(--row-h) px-4 text-text-2">
            {empty}
          </td>
        </tr>
      ) : null}
      {edges.toSorted(byRate).map((edge) => (
        <PeerRow key={edge.id} edge={edge} peer={peerOf(edge)} />
      ))}
    </tbody>
  );
}

function PeerRow({ edge, peer }: { edge: MeshEdge; peer: string }) {
  const hrefTo = useHref();
  const { kind, service } = parseNodeId(peer);
  const hasPage = kind !== "unknown" && peer !== "internet";
  return (
    <tr className="h-(--row-h) border-b last:border-b-0">
      <th scope="row" className="px-2 pl-4 text-left font-regular whitespace-nowrap">
        <span className="inline-flex items-center gap-[7px]">
          <StatusGlyph tone={toneOf(edge.health.status)} />
          <span className="sr-only">{edge.health.status}, </span>
          {hasPage ? (
            <EvidenceLink href={hrefTo("/service", { id: peer })} className="font-medium">
              {service}
            </EvidenceLink>
          ) : (
            <span className="font-medium">{service}</span>
          )}
          {edge.protocol === "http" ? null : <span className="text-text-3">{edge.protocol}</span>}
        </span>
      </th>
      <Num>
        {isRefusedOnly({ rate: edge.red.rate, refused: edge.tls.refused }) ? (
          <span className="text-text-3">none</span>
        ) : edge.red.rate === null ? (
          <Missing word="no data" />
        ) : (
          formatNumber(edge.red.rate)
        )}
      </Num>
      <Num>
        <ErrorShare ratio={edge.red.errorRatio} />
      </Num>
      <Num>{edge.red.p95Ms === null ? <Missing word="not measured" /> : formatDuration(edge.red.p95Ms)}</Num>
      <td className="px-2 pr-4 whitespace-nowrap">
        <LockWord lock={lockOf(edge.tls)}>{transportWord(edge.tls)}</LockWord>
      </td>
    </tr>
  );
}

function Num({ children }: { children: ReactNode }) {
  return <td className="px-2 text-right whitespace-nowrap">{children}</td>;
}
