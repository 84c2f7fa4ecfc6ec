"use client";

import { useRef } from "react";

import { useWidth } from "#components/traces/search/use-width.ts";
import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { formatQuantity } from "#lib/client/format.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useNow } from "#lib/client/use-now.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { CertificateView, SecurityReport } from "#lib/model/security.ts";

import { noCertificatesWords, timelineItems, timelineSentence } from "./certificate-rows.ts";
import { useNamespaceFilter } from "./namespace-filter.tsx";
import { leftWords } from "./time-left.ts";
import { axisTicks, timeDomain, timelineLayout } from "./timeline-layout.ts";

const EDGE_PX = 28;
const ROW_PX = 22;
const LINE_Y = 62;
const HEIGHT_PX = 86;

export interface ExpiryTimelineProps {
  answer: Sourced<SecurityReport> | undefined;
  certificates: readonly CertificateView[] | undefined;
  /** Node id that they are narrowed to; empty = all. */
  about: string;
  /** Drops that narrowing. */
  onShowAll: () => void;
  /** Whether the table of the same certificates stands under it. */
  hasTable: boolean;
}

/** Every certificate by the time it has left. The table of certificates holds the same, row by row. */
export function ExpiryTimeline({ answer, certificates, about, onShowAll, hasTable }: ExpiryTimelineProps) {
  const hrefTo = useHref();
  const unknown = certificates?.filter((one) => one.expiresAt === null).length ?? 0;
  return (
    <Panel
      title="Certificates by time left"
      aside={
        hasTable || certificates === undefined ? undefined : (
          <EvidenceLink href={hrefTo("/security", { view: "certificates" })} className="text-12 text-text-2">
            {formatQuantity(certificates.length, "certificate")} as a table
          </EvidenceLink>
        )
      }
      answer={answer}
    >
      <div className="min-h-[94px] px-4 pb-2">
        {certificates === undefined ? null : certificates.length === unknown ? (
          unknown === 0 ? (
            <NoCertificates about={about} onShowAll={onShowAll} />
          ) : (
            <p className="py-2 text-12 text-text-2">No certificate says when it ends.</p>
          )
        ) : (
          <TimelineDrawing certificates={certificates} />
        )}
        {unknown > 0 && certificates !== undefined && certificates.length > unknown ? (
          <p className="text-12 text-text-2">{formatQuantity(unknown, "more certificate")} without an end that is known.</p>
        ) : null}
      </div>
    </Panel>
  );
}

/** Nothing for the line, and the way out where a filter is why. */
function NoCertificates({ about, onShowAll }: Pick<ExpiryTimelineProps, "about" | "onShowAll">) {
  const { isNarrowed, namespaces, clear } = useNamespaceFilter();
  return (
    <p className="flex flex-wrap items-center gap-2 py-2 text-12 text-text-2">
      {noCertificatesWords(about, namespaces)}
      {about === "" && !isNarrowed ? null : (
        <Button isSmall onClick={about === "" ? clear : onShowAll}>
          {about === "" ? "Show all namespaces" : "Show all certificates"}
        </Button>
      )}
    </p>
  );
}

function TimelineDrawing({ certificates }: { certificates: readonly CertificateView[] }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const now = useNow();
  const items = timelineItems(certificates, now);
  return (
    <div ref={box} role="img" aria-label={timelineSentence(items)} className="relative h-[86px] w-full overflow-hidden">
      {width > 0 ? <Drawing items={items} width={width} /> : null}
    </div>
  );
}

const FILLS = { ok: "fill-text-2", warn: "fill-warn-text", fail: "fill-fail-text", unk: "fill-unk-text", info: "fill-info-text" } as const;

function Drawing({ items, width }: { items: ReturnType<typeof timelineItems>; width: number }) {
  const domain = timeDomain(items.map((item) => item.leftMs));
  const plot = Math.max(1, width - 2 * EDGE_PX);
  const ticks = axisTicks(domain);
  const { marks, labels } = timelineLayout(items, domain, plot, (left) => (left > 0 ? leftWords(left) : "ended"));
  const hasEnded = items.some((item) => item.leftMs <= 0);
  return (
    <>
      <svg width={width} height={HEIGHT_PX} viewBox={`0 0 ${width} ${HEIGHT_PX}`} aria-hidden="true" className="block text-11">
        {hasEnded ? <rect x={EDGE_PX - 14} y={8} width={28} height={LINE_Y - 8} rx={4} className="fill-fail-bg" /> : null}
        <line x1={EDGE_PX} x2={width - EDGE_PX} y1={LINE_Y + 0.5} y2={LINE_Y + 0.5} className="stroke-line-strong" />
        {ticks.map((tick, index) => {
          const x = Math.round(EDGE_PX + tick.place * plot) + 0.5;
          const before = ticks[index - 1];
          const hasRoom = before === undefined || (tick.place - before.place) * plot > 34;
          return (
            <g key={tick.ms}>
              <line x1={x} x2={x} y1={10} y2={LINE_Y + 4} className="stroke-line" />
              {hasRoom ? (
                <text x={x} y={LINE_Y + 18} textAnchor="middle" className="fill-text-3 text-10">
                  {tick.word}
                </text>
              ) : null}
            </g>
          );
        })}
        {labels.map((label) => (
          <text
            key={label.key}
            x={EDGE_PX + label.x}
            y={LINE_Y - 10 - label.row * ROW_PX}
            textAnchor={label.anchor}
            className={cx(FILLS[label.tone], label.tone === "ok" ? "" : "font-medium")}
          >
            {label.text}
          </text>
        ))}
      </svg>
      {marks.map((mark) => (
        <span key={mark.key} className="absolute" style={{ left: EDGE_PX + mark.x - 6, top: LINE_Y - 20 }}>
          <StatusGlyph tone={mark.tone} />
        </span>
      ))}
    </>
  );
}
