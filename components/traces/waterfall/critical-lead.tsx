import { ForeignText } from "#components/ui/foreign-text.tsx";
import { shareWords } from "#lib/traces/words.ts";

import type { TraceView } from "./trace-view.ts";

/** Who has most of the critical path. */
export function CriticalLead({ lead }: Pick<TraceView, "lead">) {
  if (lead === null) return null;
  return (
    <>
      <ForeignText text={lead.service} /> is <b className="font-semi">{shareWords(lead.share)}</b> of the critical path
    </>
  );
}
