"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { changeColumns } from "#components/changes/change-columns.tsx";
import { changeTexts } from "#components/changes/change-words.ts";
import { changesSentence } from "#components/changes/changes-sentence.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ListPanel } from "#components/ui/list-panel.tsx";
import { Page, PageHeader } from "#components/ui/page-header.tsx";
import { changesQuery } from "#lib/client/query-options.ts";
import { useHref } from "#lib/client/use-href.ts";
import { parseNodeId } from "#lib/model/ids.ts";

const INITIAL_SORT = { column: "asked", direction: "desc" } as const;

export function ChangesClient() {
  const hrefTo = useHref();
  const changes = useQuery(changesQuery());
  const columns = useMemo(() => changeColumns(hrefTo), [hrefTo]);
  const items = changes.data?.value.items;
  return (
    <Page isFull>
      <PageHeader trail="Changes" title={items === undefined ? "Changes" : changesSentence(items)} />
      <ListPanel
        title="Changes"
        one="change"
        many="changes"
        query={changes}
        columns={columns}
        rowKey={(row) => row.id}
        initialSort={INITIAL_SORT}
        textsOf={changeTexts}
        namespaceOf={(row) => parseNodeId(row.target).namespace}
        empty={
          <EmptyState tone="info" title="Nothing has been changed from here yet">
            Every move of a split and every demand that was tightened is kept here, with its proof and its way back. Start on the{" "}
            <EvidenceLink href={hrefTo("/")}>map</EvidenceLink>, at a <EvidenceLink href={hrefTo("/routes")}>route</EvidenceLink> or under{" "}
            <EvidenceLink href={hrefTo("/security")}>security</EvidenceLink>.
          </EmptyState>
        }
      />
    </Page>
  );
}
