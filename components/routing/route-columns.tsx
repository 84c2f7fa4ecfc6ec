"use client";

import type { Column } from "#components/ui/data-table.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { StatusWord } from "#components/ui/status-word.tsx";
import type { HrefTo } from "#lib/client/use-href.ts";
import type { Route } from "#lib/model/routing.ts";

import { ownerWords } from "./owner-words.ts";
import { SplitBar, splitWords } from "./split-bar.tsx";

/** Whether a route can be steered from here, and if not, why. */
export function steering(route: Route): { isOpen: boolean; text: string } {
  if (route.problem !== null) return { isOpen: false, text: route.problem };
  const editable = route.rules.filter((rule) => rule.editable);
  if (editable.length > 0) return { isOpen: true, text: "can be steered" };
  return { isOpen: false, text: route.rules[0]?.reason ?? "one version only" };
}

export function routeColumns(hrefTo: HrefTo): readonly Column<Route>[] {
  return [
    {
      id: "host",
      header: "Host",
      isRowHeader: true,
      sortValue: (row) => row.host,
      cell: (row) => (
        <EvidenceLink href={hrefTo("/route", { id: row.id })} className="font-medium">
          {row.host}
        </EvidenceLink>
      ),
    },
    {
      id: "split",
      header: "Asked split",
      sortValue: (row) => Math.max(0, ...row.rules.map((rule) => rule.legs.length)),
      firstSort: "desc",
      cell: (row) => <RouteSplits route={row} />,
    },
    {
      id: "rules",
      header: "Rules",
      isNumber: true,
      isWideOnly: true,
      sortValue: (row) => row.rules.length,
      cell: (row) => row.rules.length,
    },
    {
      id: "steer",
      header: "From here",
      sortValue: (row) => (steering(row).isOpen ? 0 : 1),
      cell: (row) => {
        const { isOpen, text } = steering(row);
        return (
          <StatusWord tone={row.problem === null ? (isOpen ? "info" : "unk") : "fail"} isQuiet className="max-w-80">
            <span className="inline-block max-w-72 truncate align-bottom" title={text}>
              {text}
            </span>
          </StatusWord>
        );
      },
    },
    { id: "owner", header: "Written by", isWideOnly: true, sortValue: (row) => row.owner.name, cell: (row) => ownerWords(row.owner) },
    {
      id: "proxies",
      header: "Proxies",
      isNumber: true,
      isWideOnly: true,
      sortValue: (row) => row.proxies.length,
      cell: (row) => row.proxies.length,
    },
    {
      id: "location",
      header: "Kept in",
      isWideOnly: true,
      sortValue: (row) => row.config.location,
      cell: (row) => <span className="font-mono text-11">{row.config.location}</span>,
    },
  ];
}

function RouteSplits({ route }: { route: Route }) {
  const split = route.rules.find((rule) => rule.legs.length > 1) ?? route.rules[0];
  if (split === undefined) return <span className="text-text-3">no rule</span>;
  return (
    <span className="inline-flex items-center gap-2">
      {split.legs.length > 1 ? <SplitBar isThin legs={split.legs} className="w-24" /> : null}
      <span>{splitWords(split.legs)}</span>
    </span>
  );
}
