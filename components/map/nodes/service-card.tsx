import { cx } from "#components/ui/cx.ts";
import { Icon } from "#components/ui/icon.tsx";
import { Sparkline } from "#components/ui/sparkline.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { toneOf, TONE_TEXT } from "#components/ui/tone.ts";
import { VersionName } from "#components/ui/version-swatch.tsx";
import { formatNumber } from "#lib/client/format.ts";
import type { MeshNode, NodeVersion } from "#lib/model/graph.ts";

import { VERSION_ROWS } from "../model/card-size.ts";
import { hasPlaintext, isSeenInSpansOnly, nodeName } from "../model/names.ts";
import type { NodeFacts } from "../model/node-facts.ts";
import { ErrorFigure, LatencyFigure, RateFigure } from "./node-figures.tsx";
import { VersionBar } from "./version-bar.tsx";

export interface ServiceCardProps {
  node: MeshNode;
  facts: NodeFacts;
  /** Opened to a row per version. */
  isOpen: boolean;
}

/** A service as a card of 140 x 78: requests/s, error share, p95, shape of the last minutes, word, version share. */
export function ServiceCard({ node, facts, isOpen }: ServiceCardProps) {
  return (
    <>
      <span className="flex h-4 items-center gap-[5px]">
        <StatusGlyph tone={toneOf(node.health.status)} />
        <span className="min-w-0 flex-1 truncate text-13 font-semi tracking-[-0.005em]">{nodeName(node)}</span>
        <Lock node={node} />
      </span>
      {node.kind === "unknown" ? <StrangerFigures facts={facts} /> : <Figures node={node} facts={facts} />}
      {isOpen ? <VersionRows versions={node.versions} /> : null}
      <span className="mt-1.5 flex h-4 items-end justify-between gap-2">
        {isSeenInSpansOnly(node) ? (
          <span className="text-text-3 [font-size:calc(11px*max(1,var(--inverse-zoom,1)*0.91))]">spans only</span>
        ) : node.kind === "unknown" ? (
          <span className="text-text-3 [font-size:calc(11px*max(1,var(--inverse-zoom,1)*0.91))]">no proxy</span>
        ) : (
          <Sparkline points={node.spark.rate} width={58} height={15} />
        )}
        <StatusText node={node} />
      </span>
      <VersionBar versions={node.versions} />
    </>
  );
}

function Figures({ node, facts }: { node: MeshNode; facts: NodeFacts }) {
  return (
    <span className="mt-1.5 flex h-4 items-baseline justify-between text-12 font-medium tracking-[-0.01em]">
      <RateFigure rate={node.red.rate} />
      <ErrorFigure ratio={node.red.errorRatio} status={node.health.status} />
      {facts.isTcp ? <span className="text-11 font-regular text-text-3">tcp</span> : <LatencyFigure ms={node.red.p95Ms} />}
    </span>
  );
}

/** Of a caller without a proxy only what it sends is seen, at the other end. */
function StrangerFigures({ facts }: { facts: NodeFacts }) {
  return (
    <span className="mt-1.5 flex h-4 items-baseline gap-1 text-12 font-medium text-text-2">
      <RateFigure rate={facts.outRate} />
      <span className="text-10 font-regular text-text-3">out</span>
    </span>
  );
}

function VersionRows({ versions }: { versions: readonly NodeVersion[] }) {
  const shown = versions.slice(0, VERSION_ROWS);
  return (
    <span className="mt-1.5 block border-t pt-1 text-12 font-medium tracking-[-0.01em]">
      {shown.map((version, index) => (
        <span key={version.version} className="flex h-[19px] items-center justify-between gap-1">
          <VersionName index={index} version={version.version} className="min-w-0 truncate" />
          <span className="ml-auto">
            <RateFigure rate={version.red.rate} />
          </span>
          <span className="flex min-w-[46px] items-center justify-end gap-[3px]">
            {version.health.status === "failing" || version.health.status === "degraded" ? (
              <StatusGlyph tone={toneOf(version.health.status)} className="size-2.5" />
            ) : null}
            <ErrorFigure ratio={version.red.errorRatio} status={version.health.status} />
          </span>
        </span>
      ))}
      {versions.length > shown.length ? (
        <span className="flex h-[19px] items-center text-11 font-regular text-text-3">
          and {formatNumber(versions.length - shown.length)} more
        </span>
      ) : null}
    </span>
  );
}

function StatusText({ node }: { node: MeshNode }) {
  const { proxies, health } = node;
  const isUnwell = health.status === "degraded" || health.status === "failing";
  const words = proxies !== null && proxies.n < proxies.of ? `${proxies.n} of ${proxies.of} answer` : health.status;
  return (
    <span
      className={cx(
        "whitespace-nowrap leading-none [font-size:calc(11px*max(1,var(--inverse-zoom,1)*0.91))]",
        isUnwell
          ? cx("font-semi", TONE_TEXT[toneOf(health.status)])
          : health.status === "unknown"
            ? "font-medium text-unk-text"
            : "text-text-3",
      )}
    >
      {words}
    </span>
  );
}

/** Closed: every caller came over TLS. Open: plaintext was seen. Nothing where nothing was seen. */
function Lock({ node }: { node: MeshNode }) {
  if (node.kind === "external" || node.tls === "unknown") return null;
  if (hasPlaintext(node.tls)) return <Icon name="unlock" size={12} className="text-warn-text" />;
  return <Icon name="lock" size={12} className="text-text-3" />;
}
