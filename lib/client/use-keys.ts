import { useEffect, useRef } from "react";

import { isSingleKey, KeySequencer, type KeyCombo } from "./key-map.ts";
import { usePreferences } from "./preferences.ts";

const TYPING = "input, textarea, select, [contenteditable=''], [contenteditable='true']";

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(TYPING) !== null;
}

function isDialogOpen(): boolean {
  return document.querySelector("[role='dialog'], [role='alertdialog']") !== null;
}

/**
 * Binds shortcuts for as long as the component stands. Bare letters are silent while the reader types, while a dialog is
 * open, and when the reader turned them off.
 */
export function useKeys(bindings: Readonly<Record<KeyCombo, () => void>>): void {
  const { singleKeys } = usePreferences();
  const latest = useRef(bindings);
  useEffect(() => {
    latest.current = bindings;
  });
  useEffect(() => {
    const sequencer = new KeySequencer();
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.isComposing) return;
      const combos = Object.keys(latest.current);
      const press = { key: event.key, isCtrl: event.ctrlKey || event.metaKey, isShift: event.shiftKey };
      const isQuiet = isTyping(event.target) || isDialogOpen() || !singleKeys;
      const combo = sequencer.press(press, event.timeStamp, isQuiet ? combos.filter((each) => !isSingleKey(each)) : combos);
      if (combo === null) return;
      event.preventDefault();
      latest.current[combo]?.();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [singleKeys]);
}
