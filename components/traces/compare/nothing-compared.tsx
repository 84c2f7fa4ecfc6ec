import { EmptyState } from "#components/ui/empty-state.tsx";

/** The comparison before there is a second trace. */
export function NothingCompared() {
  return (
    <section className="panel">
      <EmptyState title="No second trace was chosen">
        “Compare with a normal one” above takes an ordinary trace of the same root, from half an hour before to half an hour after this one.
      </EmptyState>
    </section>
  );
}
