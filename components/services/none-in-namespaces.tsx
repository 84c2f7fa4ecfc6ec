import { EmptyState } from "#components/ui/empty-state.tsx";

/** The top bar's namespaces leave nothing. */
export function NoneInNamespaces({ namespaces }: { namespaces: readonly string[] }) {
  return (
    <EmptyState title={`No service in ${namespaces.join(", ")}`}>
      Choose other namespaces in the top bar; the mesh itself may have services elsewhere.
    </EmptyState>
  );
}
