"use client";

import type { ReactNode } from "react";

import { ButtonLink } from "#components/ui/button.tsx";
import { Chip } from "#components/ui/chip.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { toneOf, type Tone } from "#components/ui/tone.ts";
import { formatQuantity } from "#lib/client/format.ts";
import { useAt } from "#lib/client/search-params.ts";
import { useHref } from "#lib/client/use-href.ts";
import type { ServiceDetail } from "#lib/model/inventory.ts";

import { DEMAND_WORDS, KIND_WORDS } from "./words.ts";

function facts(service: ServiceDetail, isPast: boolean): string {
  const place = service.namespace === null ? KIND_WORDS[service.kind] : `namespace ${service.namespace}`;
  if (isPast) return place;
  const versions = service.versions.map((one) => {
    if (service.proxies === null) return one.version;
    const proxies = service.proxyList.filter((proxy) => proxy.version === one.version).length;
    return `${one.version} behind ${formatQuantity(proxies, "proxy", "proxies")}`;
  });
  return [place, versions.join(", ")].filter((part) => part !== "").join(" · ");
}

/** What it is, how it stands and why, and the two ways on. */
export function ServiceHeader({ service }: { service: ServiceDetail }) {
  const hrefTo = useHref();
  const isPast = useAt() !== null;
  const tone = toneOf(service.health.status);
  const steerable = service.routes.find((route) => route.problem === null && route.rules.some((rule) => rule.editable));
  return (
    <div className="flex-none">
      <p className="min-h-[17px] text-12 text-text-3">
        <EvidenceLink href={hrefTo("/services")}>Services</EvidenceLink>
      </p>
      <div className="flex flex-wrap items-center gap-2.5">
        <h1 className="flex items-center gap-2.5 text-20 font-semi leading-tight tracking-[-0.012em]">
          <StatusGlyph tone={tone} size={16} />
          {service.service}
        </h1>
        <Chip tone={tone}>{service.health.status}</Chip>
        <span className="text-12 text-text-3">{facts(service, isPast)}</span>
        <span className="ml-auto flex gap-2">
          <ButtonLink isSmall href={hrefTo("/", { sel: service.id })}>
            <Icon name="map" size={14} />
            Show on map
          </ButtonLink>
          {steerable === undefined ? null : (
            <ButtonLink isSmall kind="primary" href={hrefTo("/route", { id: steerable.id })}>
              Change split
            </ButtonLink>
          )}
        </span>
      </div>
      <Reasons service={service} isPast={isPast} />
    </div>
  );
}

function Reasons({ service, isPast }: { service: ServiceDetail; isPast: boolean }) {
  const tone = toneOf(service.health.status);
  const verdict = service.verdicts.find((one) => one.direction === "worse");
  return (
    <ul className="mt-2 flex min-h-5 flex-wrap gap-x-6 gap-y-1 text-12">
      {service.health.reasons.map((reason) => (
        <Reason key={reason} tone={tone}>
          {reason}
        </Reason>
      ))}
      {verdict === undefined || service.health.reasons.includes(verdict.sentence) ? null : <Reason tone="warn">{verdict.sentence}</Reason>}
      {isPast ? null : <PresentReasons service={service} />}
    </ul>
  );
}

/** What its proxies and its demand say, which is known of now alone. */
function PresentReasons({ service }: { service: ServiceDetail }) {
  const silent = service.proxies === null ? 0 : service.proxies.of - service.proxies.n;
  return (
    <>
      {service.proxies === null ? (
        <Reason tone="unk">no proxy known</Reason>
      ) : (
        <Reason tone={silent === 0 ? "ok" : "warn"}>
          {service.proxies.n}/{service.proxies.of} proxies answer
        </Reason>
      )}
      <Reason tone={service.demand === "strict" ? "ok" : service.demand === "unknown" ? "unk" : "warn"}>
        accepts: {DEMAND_WORDS[service.demand]}
      </Reason>
    </>
  );
}

function Reason({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <li className="flex items-center gap-2">
      <StatusGlyph tone={tone} />
      <span>{children}</span>
    </li>
  );
}
