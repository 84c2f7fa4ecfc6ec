import { Panel } from "#components/ui/panel.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { TONE_TEXT, type Tone } from "#components/ui/tone.ts";
import { asSentence, formatClock } from "#lib/client/format.ts";
import type { PlanCheck } from "#lib/model/routing.ts";

import type { Review } from "./review.ts";

const TONES: Readonly<Record<PlanCheck["level"], Tone>> = { pass: "ok", note: "info", warn: "warn", fail: "fail", unknown: "unk" };
const WORDS: Readonly<Record<PlanCheck["level"], string>> = {
  pass: "pass",
  note: "note",
  warn: "warning",
  fail: "fails",
  unknown: "not run",
};

/** What was checked before anything is written. What could not be checked says so. */
export function CheckList({ plan }: { plan: Review["plan"] }) {
  return (
    <Panel
      title="Checks"
      className="min-h-[218px]"
      badge={plan === null ? undefined : <span className="text-11 text-text-3">ran {formatClock(plan.createdAt)}</span>}
    >
      {plan === null ? (
        <p className="px-4 pb-3 text-12 text-text-2">
          They ran and passed before this was written. Their words are kept for 15 minutes, and not over a restart of Weft.
        </p>
      ) : (
        <ul className="px-4 pb-2.5">
          {plan.checks.map((check) => (
            <li key={`${check.code} ${check.text}`} className="flex items-start gap-2 py-[5px] text-12 leading-[1.4]">
              <StatusGlyph tone={TONES[check.level]} className="mt-0.5" />
              <span className="min-w-0 flex-1">
                {check.text}
                {check.mend === null ? null : <span className="block text-text-2">{asSentence(check.mend)}</span>}
              </span>
              <span className={`flex-none text-11 font-medium ${TONE_TEXT[TONES[check.level]]}`}>{WORDS[check.level]}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
