"use client";

import { useState } from "react";

import { announcer } from "#lib/client/announcer.ts";

import { Button } from "./button.tsx";
import { cx } from "./cx.ts";
import { Icon } from "./icon.tsx";

const SHOWN_MS = 2_000;

/** Copies text and says so in place. Where the clipboard is closed (plain HTTP on another host) the word says that. */
export function useCopy(text: string): { word: string; copy: () => void } {
  const [state, setState] = useState<keyof typeof COPY_WORDS>("idle");
  const copyNow = async () => {
    const next = await writeClipboard(text);
    setState(next);
    announcer.announce(next === "copied" ? "Copied." : "The browser does not let this page copy.");
    setTimeout(() => setState("idle"), SHOWN_MS);
  };
  return { word: COPY_WORDS[state], copy: () => void copyNow() };
}

const COPY_WORDS = { idle: "Copy", copied: "Copied", closed: "Select and copy" } as const;

async function writeClipboard(text: string): Promise<"copied" | "closed"> {
  try {
    await navigator.clipboard.writeText(text);
    return "copied";
  } catch {
    return "closed";
  }
}

export interface CopyCommandProps {
  command: string;
  className?: string;
}

/** A command to paste into a shell. */
export function CopyCommand({ command, className }: CopyCommandProps) {
  const { word, copy } = useCopy(command);
  return (
    <div className={cx("flex items-center gap-2 rounded-2 bg-sunken py-[5px] pl-3 pr-2 font-mono text-12", className)}>
      <span aria-hidden="true" className="select-none text-text-3">
        $
      </span>
      <code className="min-w-0 flex-1 overflow-x-auto whitespace-nowrap py-0.5">{command}</code>
      <Button kind="quiet" isSmall onClick={copy} aria-label={`${word}: ${command}`} className="font-sans">
        <Icon name="copy" size={14} />
        {word}
      </Button>
    </div>
  );
}
