"use client";

import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { StatusWord } from "#components/ui/status-word.tsx";
import { toneOf } from "#components/ui/tone.ts";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Missing } from "#components/ui/delta.tsx";
import { formatCount, formatPercent, formatQuantity, formatRate } from "#lib/client/format.ts";
import { useAt } from "#lib/client/search-params.ts";
import type { MeshGraph, MeshNode } from "#lib/model/graph.ts";
import { INTERNET_ID } from "#lib/model/ids.ts";

import { LockCounts } from "../frame/lock-counts.tsx";
import { hasPlaintext } from "../model/names.ts";
import { isIdle } from "../model/needs-look.ts";
import type { NeedsLook } from "../model/needs-look.ts";
import { InspectorSection } from "./inspector-frame.tsx";

export interface SummaryInspectorProps {
  mesh: MeshGraph;
  items: readonly NeedsLook[];
  onSelect: (id: string) => void;
}

/** What stands beside the map while nothing is selected: the mesh in a few numbers, and what needs a look. */
export function SummaryInspector({ mesh, items, onSelect }: SummaryInspectorProps) {
  const services = mesh.nodes.filter((node) => node.id !== INTERNET_ID);
  const namespaces = new Set(services.flatMap((node) => (node.namespace === null ? [] : [node.namespace])));
  const plaintext = mesh.edges.filter((edge) => hasPlaintext(edge.tls.observed)).length;
  const { rate, errorRate } = mesh.totals;
  const isPast = useAt() !== null;
  return (
    <>
      <header className="flex min-h-[45px] items-center border-b px-4">
        <h2 className="text-16 font-semi">The mesh</h2>
      </header>
      <InspectorSection>
        <KeyValues
          items={[
            { key: "Services", value: `${formatQuantity(services.length, "node")} in ${formatQuantity(namespaces.size, "namespace")}` },
            {
              key: "Requests",
              value:
                rate === null ? <Missing word="no numbers" /> : `${formatRate(rate)} over ${formatQuantity(mesh.edges.length, "edge")}`,
            },
            {
              key: "Errors",
              value:
                errorRate === null ? (
                  <Missing word="no numbers" />
                ) : (
                  `${formatRate(errorRate)}${rate === null || rate === 0 ? "" : `, ${formatPercent(errorRate / rate)}`}`
                ),
            },
            ...(isPast ? [] : presentFacts(services)),
            {
              key: "Transport",
              value: mesh.edges.length === 0 ? <Missing word="no edge was seen" /> : <LockCounts edges={mesh.edges} />,
            },
            {
              key: "Plaintext",
              value:
                mesh.edges.length === 0 ? (
                  <Missing word="no edge was seen" />
                ) : plaintext === 0 ? (
                  "none seen"
                ) : (
                  <span className="text-warn-text">seen on {formatQuantity(plaintext, "edge")}</span>
                ),
            },
          ]}
        />
      </InspectorSection>
      <NeedsLookList items={items} isAnythingKnown={mesh.edges.length > 0} onSelect={onSelect} />
      <p className="mt-auto px-4 py-3 text-12 text-text-3">Select a service or an edge to see its numbers and its split.</p>
    </>
  );
}

/** What proxies say of themselves, which is known of now alone. */
function presentFacts(services: readonly MeshNode[]) {
  const idle = services.filter(isIdle).length;
  const proxies = services.reduce((sum, node) => ({ n: sum.n + (node.proxies?.n ?? 0), of: sum.of + (node.proxies?.of ?? 0) }), {
    n: 0,
    of: 0,
  });
  return [
    { key: "Not called", value: idle === 0 ? "none" : formatQuantity(idle, "service") },
    {
      key: "Proxies",
      value:
        proxies.of === 0 ? (
          <Missing word="none known" />
        ) : proxies.n === proxies.of ? (
          `all ${formatCount(proxies.of)} answer`
        ) : (
          `${formatCount(proxies.n)} of ${formatCount(proxies.of)} answer`
        ),
    },
  ];
}

export interface NeedsLookListProps {
  items: readonly NeedsLook[];
  /** Whether any call was seen at all. */
  isAnythingKnown: boolean;
  /** Level of its heading: under the inspector's, or on a page of its own. Default 3. */
  level?: 2 | 3;
  onSelect: (id: string) => void;
}

const WELL = "Nothing: no service is unwell and every proxy answers.";

/** Everything that is not healthy, worst first; each line selects its node. */
export function NeedsLookList({ items, isAnythingKnown, level = 3, onSelect }: NeedsLookListProps) {
  const Heading = level === 2 ? "h2" : "h3";
  const isPast = useAt() !== null;
  const past = isAnythingKnown ? "No service was seen unwell in this window." : "No call is known of this window, so nothing can be said.";
  return (
    <section aria-label="Needs a look">
      <Heading className="px-4 pb-2 pt-3 text-13 font-semi">Needs a look</Heading>
      {items.length === 0 ? <p className="px-4 pb-3 text-12 text-text-2">{isPast ? past : WELL}</p> : null}
      <ul>
        {items.map((item) => (
          <li key={item.id} className="border-t">
            <button
              type="button"
              onClick={() => onSelect(item.id)}
              className="flex min-h-14 w-full items-center gap-3 px-4 py-2 text-left -outline-offset-2 hover:bg-hover"
            >
              <StatusGlyph tone={toneOf(item.status)} size={16} />
              <span className="min-w-0 flex-1">
                <span className="block truncate text-14 font-semi">{item.title}</span>
                <span className="block text-12 text-text-2">{item.detail}</span>
              </span>
              <span className="text-right">
                {item.figure === null ? null : <span className="block text-14 font-semi">{item.figure}</span>}
                <StatusWord tone={toneOf(item.status)} className="text-12 [&_svg]:hidden">
                  {item.status}
                </StatusWord>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
