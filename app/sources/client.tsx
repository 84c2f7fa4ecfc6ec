"use client";

import { useQuery } from "@tanstack/react-query";

import { FindingsPanels } from "#components/sources/findings-panels.tsx";
import { SOURCE_COLUMNS } from "#components/sources/source-columns.tsx";
import { SourceDown } from "#components/sources/source-down.tsx";
import { sourcesSentence } from "#components/sources/source-words.ts";
import { Button } from "#components/ui/button.tsx";
import { CopyCommand } from "#components/ui/copy-command.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { ListPanel } from "#components/ui/list-panel.tsx";
import { Page, PageHeader } from "#components/ui/page-header.tsx";
import { sourcesQuery } from "#lib/client/query-options.ts";
import type { SourceStatus } from "#lib/model/source.ts";

const INITIAL_SORT = { column: "state", direction: "asc" } as const;

function textsOf(row: SourceStatus) {
  return [row.id, row.kind, row.state, row.address, ...row.gives];
}

export function SourcesClient() {
  const sources = useQuery(sourcesQuery());
  const items = sources.data?.value.items;
  const down = items?.filter((source) => source.state === "down") ?? [];
  return (
    <Page>
      <PageHeader trail="Sources" title={items === undefined ? "Sources" : sourcesSentence(items)}>
        <Button isSmall onClick={() => void sources.refetch()} isDisabled={sources.isFetching}>
          <Icon name="retry" size={14} />
          Look again
        </Button>
      </PageHeader>
      {down.map((source) => (
        <SourceDown key={source.id} source={source} all={items ?? []} />
      ))}
      <ListPanel
        title="Sources"
        one="source"
        many="sources"
        query={sources}
        columns={SOURCE_COLUMNS}
        rowKey={(row) => row.id}
        initialSort={INITIAL_SORT}
        textsOf={textsOf}
        isShort
        rowClassName={(row) => (row.state === "down" ? "bg-fail-bg" : undefined)}
        empty={
          <EmptyState title="Weft was started without any source" actions={<CopyCommand command="./weft up --proxies DIRECTORY" />}>
            Give it a directory with one small file per proxy, a file that names where metrics and traces are kept (--config weft.yaml), or
            see the demo first (./weft demo).
          </EmptyState>
        }
      />
      <FindingsPanels sources={items ?? []} />
    </Page>
  );
}
