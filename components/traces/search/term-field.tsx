"use client";

import { useId, useState } from "react";

import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import { Icon } from "#components/ui/icon.tsx";
import { asSentence } from "#lib/client/format.ts";
import { isShortId, readPastedId, type PastedId } from "#lib/traces/pasted-id.ts";
import { parseSearchTerms } from "#lib/traces/search-terms.ts";

import { errorId, FieldError, FIELD, useDraft } from "./field.tsx";

export interface TermFieldProps {
  value: string;
  /** What the server says is wrong with it, where it says so; `null` = nothing. */
  refusal: string | null;
  onCommit: (terms: string) => void;
  onOpen: (id: PastedId) => void;
}

/** What is wrong with a text as terms, as a sentence with its place; `null` = nothing. */
function termError(text: string): string | null {
  if (isShortId(text)) return "This is too short for a trace id: 12 to 32 digits.";
  const parsed = parseSearchTerms(text);
  return parsed.ok ? null : `${asSentence(parsed.error.message)} ${asSentence(parsed.error.mend)}`.trim();
}

/** Terms on attributes, or the id of one trace, which is then opened. An error stands under the field until it is gone. */
export function TermField({ value, refusal, onCommit, onOpen }: TermFieldProps) {
  const id = useId();
  const [draft, setDraft] = useDraft(value);
  const [isJudged, setIsJudged] = useState(false);
  const pasted = readPastedId(draft);
  const wrong = pasted === null ? termError(draft) : null;
  const isUnchanged = draft.trim() === value.trim();
  const shownError = isJudged ? wrong : isUnchanged ? (termError(value) ?? refusal) : null;
  const submit = () => {
    setIsJudged(true);
    if (pasted !== null) onOpen(pasted);
    else if (wrong === null && !isUnchanged) onCommit(draft.trim());
  };
  return (
    <div className="min-w-0 flex-1">
      <label htmlFor={id} className="mb-0.5 block text-11 font-medium text-text-3">
        Attributes, or a trace id
      </label>
      <div className="flex gap-2">
        <input
          id={id}
          type="search"
          value={draft}
          placeholder="http.route=/cart -error=true, or a pasted traceparent"
          autoComplete="off"
          spellCheck={false}
          dir="auto"
          aria-invalid={shownError !== null}
          aria-describedby={errorId(id)}
          onChange={(event) => {
            setDraft(event.target.value);
            // While it is mended the sentence stays only as long as the text is wrong.
            if (isJudged && termError(event.target.value) === null) setIsJudged(false);
          }}
          onPaste={(event) => {
            const field = event.currentTarget;
            const isWhole = field.selectionStart === 0 && field.selectionEnd === field.value.length;
            const found = isWhole ? readPastedId(event.clipboardData.getData("text")) : null;
            if (found === null) return;
            event.preventDefault();
            onOpen(found);
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter") submit();
          }}
          onBlur={() => {
            // A pasted id opens only when the reader says so; terms take effect on leaving the field, like the other fields.
            if (pasted === null) submit();
          }}
          className={cx(FIELD, "font-mono text-12", value !== "" && "border-info")}
        />
        <Button kind="primary" onClick={submit}>
          <Icon name={pasted === null ? "find" : "open"} size={14} />
          {pasted === null ? "Search" : "Open trace"}
        </Button>
      </div>
      <FieldError id={id} text={shownError} />
    </div>
  );
}
