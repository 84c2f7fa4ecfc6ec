import { memo } from "react";

import { cx } from "#components/ui/cx.ts";
import { INTERNET_ID } from "#lib/model/ids.ts";
import type { HealthStatus } from "#lib/model/graph.ts";

import type { PlacedCard } from "../model/columns.ts";
import { describeNode } from "../model/describe.ts";
import type { DrawnNode } from "../model/drawn-graph.ts";
import { NO_FACTS } from "../model/node-facts.ts";
import type { NodeFacts } from "../model/node-facts.ts";
import type { DetailLevel } from "../model/zoom.ts";
import { NamespaceCard } from "./namespace-card.tsx";
import { ServiceCard } from "./service-card.tsx";
import { InternetPill, NodeChip, NodeDot } from "./small-nodes.tsx";

export interface MapNodeProps {
  drawn: DrawnNode;
  card: PlacedCard;
  facts: NodeFacts | undefined;
  level: DetailLevel;
  isSelected: boolean;
  /** Whether the find text leaves it. */
  isFound: boolean;
  isStale: boolean;
  onPress: (id: string) => void;
  onHover: (id: string | null) => void;
}

/** Places keep their words readable: what is not looked for goes quiet, and loses its colours, not its contrast. */
const QUIET =
  "[--surface:var(--hull)] [--text:var(--text-3)] [--warn-text:var(--text-3)] [--fail-text:var(--text-3)] [--unk-text:var(--text-3)] [--ok:var(--line-strong)] [--warn:var(--line-strong)] [--fail:var(--line-strong)] [--ver-a:var(--line-strong)] [--ver-b:var(--line-strong)] [--spark:var(--line-strong)]";
const STALE =
  "[--ok:var(--unk)] [--warn:var(--unk)] [--fail:var(--unk)] [--warn-text:var(--unk-text)] [--fail-text:var(--unk-text)] [--ver-a:var(--unk)] [--ver-b:var(--line-strong)]";

/** One node of the map as a real button: at any zoom it can be focused, heard and pressed. */
export const MapNode = memo(function MapNode(props: MapNodeProps) {
  const { drawn, card, level, isSelected, isFound, isStale, onPress, onHover } = props;
  return (
    <button
      type="button"
      data-map-item={drawn.id}
      aria-pressed={isSelected}
      onClick={(event) => {
        // The canvas takes the press before the browser can move the focus here.
        event.currentTarget.focus({ preventScroll: true });
        onPress(drawn.id);
      }}
      onMouseEnter={() => onHover(drawn.id)}
      onMouseLeave={() => onHover(null)}
      className={cx(
        "pointer-events-auto absolute -translate-x-1/2 -translate-y-1/2 text-left text-text transition-[height] duration-(--dur-2)",
        isSelected && "z-20",
        shellClass(props),
        isStale && STALE,
        !isFound && QUIET,
      )}
      style={{ left: card.x, top: card.y, ...sizeOf(level, card) }}
    >
      <span className="sr-only">{describeNode(drawn)}</span>
      <span aria-hidden="true" className="contents">
        <Face {...props} />
      </span>
    </button>
  );
});

/** Chips and dots keep their size on the screen, whatever the zoom. */
function sizeOf(level: DetailLevel, card: PlacedCard): React.CSSProperties {
  if (level === "card") return { width: card.width, height: card.height };
  const scale = "translate(-50%, -50%) scale(var(--inverse-zoom, 1))";
  if (level === "dot") return { width: 24, height: 24, translate: "none", transform: scale };
  return {
    height: 24,
    width: "max-content",
    minWidth: `calc(${card.width}px / var(--inverse-zoom, 1))`,
    maxWidth: `calc(${card.width + 46}px / var(--inverse-zoom, 1))`,
    translate: "none",
    transform: scale,
  };
}

function shellClass({ drawn, level, isSelected }: MapNodeProps): string {
  if (level === "dot") return "grid place-items-center";
  const isPill = drawn.id === INTERNET_ID;
  const ring = isSelected
    ? "border-info shadow-[0_0_0_1px_var(--info),0_0_0_7px_color-mix(in_srgb,var(--info)_14%,transparent)]"
    : borderClass(drawn);
  return cx(
    "border",
    isSelected ? "bg-raised" : "bg-surface",
    isPill ? "rounded-full" : "rounded-3",
    !isPill && level === "card" && "overflow-hidden px-[9px] pb-2.5 pt-2",
    ring,
  );
}

const BORDERS: Readonly<Record<HealthStatus, string>> = {
  healthy: "border-line-strong",
  degraded: "border-warn",
  failing: "border-fail",
  unknown: "border-dashed border-unk",
};

/** A service keeps its border calm while its own word tells; strangers and what is only partly seen are dashed. */
function borderClass(drawn: DrawnNode): string {
  if (drawn.id === INTERNET_ID || drawn.kind === "namespace") return "border-line-strong";
  const { proxies, health } = drawn.node;
  const isPartial = proxies !== null && proxies.n < proxies.of;
  if (isPartial && health.status === "healthy") return "border-dashed border-unk";
  return cx(BORDERS[health.status], isPartial && "border-dashed");
}

function Face({ drawn, facts = NO_FACTS, level, isSelected }: MapNodeProps) {
  if (level === "dot") return <NodeDot drawn={drawn} isSelected={isSelected} />;
  if (level === "chip") return <NodeChip drawn={drawn} isSelected={isSelected} />;
  if (drawn.id === INTERNET_ID) return <InternetPill facts={facts} />;
  if (drawn.kind === "namespace") return <NamespaceCard drawn={drawn} />;
  return <ServiceCard node={drawn.node} facts={facts} isOpen={isSelected && drawn.node.versions.length > 1} />;
}
