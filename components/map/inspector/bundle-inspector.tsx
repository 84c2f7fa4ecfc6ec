import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { statusRank, toneOf } from "#components/ui/tone.ts";
import { formatPercent, formatQuantity, formatRate } from "#lib/client/format.ts";

import { namespaceOfCard } from "../model/drawn-graph.ts";
import type { DrawnEdge } from "../model/drawn-graph.ts";
import { edgeName, nameOfId } from "../model/names.ts";
import { locksOf, tlsWords } from "../model/transport.ts";
import { LockGlyph } from "../nodes/lock-glyph.tsx";
import { InspectorHeader, InspectorSection } from "./inspector-frame.tsx";

export interface BundleInspectorProps {
  bundle: DrawnEdge;
  onSelect: (id: string) => void;
  onClose: () => void;
}

function endName(id: string): string {
  return namespaceOfCard(id) ?? nameOfId(id);
}

/** All edges between two cards of which one is a namespace, worst first. */
export function BundleInspector({ bundle, onSelect, onClose }: BundleInspectorProps) {
  const members = bundle.members.toSorted(
    (a, b) => statusRank(a.health.status) - statusRank(b.health.status) || (b.red.rate ?? 0) - (a.red.rate ?? 0),
  );
  return (
    <>
      <InspectorHeader
        status={bundle.status}
        title={`${endName(bundle.source)} → ${endName(bundle.target)}`}
        detail={formatQuantity(members.length, "edge")}
        onClose={onClose}
      />
      <InspectorSection>
        <p className="text-12 text-text-2">
          {formatRate(bundle.rate)} together, {formatPercent(bundle.errorRatio)} errors.
        </p>
      </InspectorSection>
      <ul>
        {members.map((edge) => (
          <li key={edge.id} className="border-b">
            <button
              type="button"
              onClick={() => onSelect(edge.id)}
              className="flex min-h-9 w-full items-center gap-2 px-4 py-1 text-left text-12 -outline-offset-2 hover:bg-hover"
            >
              <StatusGlyph tone={toneOf(edge.health.status)} />
              <span className="min-w-0 flex-1 truncate">{edgeName(edge)}</span>
              {locksOf(edge.tls).map((lock) => (
                <LockGlyph key={lock} lock={lock} />
              ))}
              <span className="sr-only">{tlsWords(edge.tls)}</span>
              <span>{formatRate(edge.red.rate)}</span>
              <span className="w-14 text-right">{formatPercent(edge.red.errorRatio)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
