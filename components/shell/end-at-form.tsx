"use client";

import { useId, useState } from "react";

import { Button } from "#components/ui/button.tsx";
import { useNow } from "#lib/client/use-now.ts";
import { useTimeControls } from "#lib/client/use-time-controls.ts";

import { AGES, fieldText, readField, zoneWords } from "./end-at.ts";

/** Where the window ends: now, so long ago, or at a date and time of the reader's zone. */
export function EndAtForm({ onDone }: { onDone: () => void }) {
  const { atMs, goTo, goLive } = useTimeControls();
  const now = useNow();
  const id = useId();
  const [text, setText] = useState(() => fieldText(atMs ?? Date.now()));
  const [problem, setProblem] = useState<string | null>(null);
  const done = (move: () => void) => () => {
    move();
    onDone();
  };
  const submit = (): void => {
    const read = readField(text, Date.now());
    if ("problem" in read) setProblem(read.problem);
    else done(() => goTo(read.ms))();
  };
  return (
    <form
      aria-label="End of the window"
      className="grid gap-2 border-t px-3 pb-2 pt-2.5"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label htmlFor={id} className="text-12 font-medium">
        End at <span className="font-regular text-text-3">({zoneWords(atMs ?? now)})</span>
      </label>
      <div className="flex gap-2">
        <input
          id={id}
          type="datetime-local"
          step={1}
          value={text}
          max={fieldText(now)}
          aria-invalid={problem !== null}
          aria-describedby={problem === null ? undefined : `${id}-problem`}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setProblem(null);
          }}
          className="h-(--ctl-h) min-w-0 flex-1 rounded-2 border border-ctl-line bg-surface px-2 text-12"
        />
        <Button kind="primary" type="submit">
          Go
        </Button>
      </div>
      {problem === null ? null : (
        <p id={`${id}-problem`} role="alert" className="text-12 text-fail-text">
          {problem}
        </p>
      )}
      <div className="flex flex-wrap gap-1.5">
        {AGES.map(({ ms, words }) => (
          <Button key={ms} isSmall onClick={done(() => goTo(Date.now() - ms))}>
            {words}
          </Button>
        ))}
        <Button isSmall onClick={done(goLive)}>
          Now
        </Button>
      </div>
    </form>
  );
}
