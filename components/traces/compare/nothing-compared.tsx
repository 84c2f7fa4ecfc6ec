import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";

import type { NormalTrace } from "./use-normal-trace.ts";

/** The comparison before there is a second trace, and the way to one. */
export function NothingCompared({ normal }: { normal: NormalTrace }) {
  return (
    <section className="panel">
      <EmptyState
        title="No second trace was chosen"
        actions={
          <Button kind="primary" isDisabled={normal.isLooking} onClick={normal.find}>
            Compare with a normal one
          </Button>
        }
      >
        Takes an ordinary trace of the same root with the same services, from half an hour before to half an hour after this one.
      </EmptyState>
    </section>
  );
}
