"use client";

import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { useView } from "#lib/client/search-params.ts";

import { namespacesWords } from "./security-words.ts";

/** Whether the top bar narrows the report to some namespaces, and the way out of it. */
export function useNamespaceFilter(): { isNarrowed: boolean; namespaces: readonly string[]; clear: () => void } {
  const { namespaces, setView } = useView();
  return { isNarrowed: namespaces.length > 0, namespaces, clear: () => void setView({ namespaces: null }) };
}

/** Nothing of the chosen namespaces: that says nothing about what stands in the others. */
export function NothingInNamespaces({ what }: { what: string }) {
  const { namespaces, clear } = useNamespaceFilter();
  return (
    <EmptyState
      title={`No ${what} is known in ${namespacesWords(namespaces)}`}
      actions={
        <Button isSmall onClick={clear}>
          Show all namespaces
        </Button>
      }
    >
      The namespaces of the top bar hide all others; that says nothing about whether they are safe.
    </EmptyState>
  );
}
