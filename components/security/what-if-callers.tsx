"use client";

import { cx } from "#components/ui/cx.ts";
import { Age } from "#components/ui/moment.tsx";
import { ScrollRegion } from "#components/ui/scroll-region.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { TONE_TEXT } from "#components/ui/tone.ts";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { asSentence, formatCount } from "#lib/client/format.ts";
import type { WhatIf, WhatIfCaller } from "#lib/model/security.ts";

import { EdgeNames } from "./edge-columns.tsx";
import { EFFECTS } from "./security-words.ts";
import { noCallersWords } from "./what-if-scopes.ts";

/** Each caller and what would become of it; those that would break come first, and say why. */
export function WhatIfCallers({ answer }: { answer: WhatIf }) {
  const { callers } = answer;
  const nobody = noCallersWords(answer);
  if (callers.length === 0) return nobody === null ? null : <p className="text-12 text-text-2">{nobody}</p>;
  return (
    <ScrollRegion label="Callers and what would become of them" className="-mx-4 max-h-80 overflow-auto">
      <ul className="grid gap-2 px-4">
        {callers.map((caller) => (
          <li key={`${caller.source} ${caller.target} ${caller.identity?.uri ?? ""} ${caller.address ?? ""} ${caller.effect}`}>
            <Caller caller={caller} />
          </li>
        ))}
      </ul>
    </ScrollRegion>
  );
}

function Caller({ caller }: { caller: WhatIfCaller }) {
  const { tone, word } = EFFECTS[caller.effect];
  const isQuiet = caller.effect === "keeps";
  return (
    <div className="grid grid-cols-[16px_minmax(0,1fr)_auto_minmax(64px,auto)] items-baseline gap-x-2 text-12">
      <StatusGlyph tone={tone} className="self-center" />
      <span className="[overflow-wrap:anywhere]">
        <EdgeNames source={caller.source} target={caller.target} />
      </span>
      <span className={cx(isQuiet ? "text-text-2" : cx("font-semi", TONE_TEXT[tone]))}>{word}</span>
      <span className="text-right text-text-2">{caller.count === 0 ? "no calls" : `${formatCount(caller.count)} calls`}</span>
      {isQuiet ? null : (
        <span className="col-start-2 col-end-5 text-text-2 [overflow-wrap:anywhere]">
          <ForeignText text={asSentence(caller.reason)} />
          {caller.address === null ? "" : ` From ${caller.address}.`}
          {caller.lastSeen === null ? null : <> Last {<Age at={caller.lastSeen} />} ago.</>}
        </span>
      )}
    </div>
  );
}
