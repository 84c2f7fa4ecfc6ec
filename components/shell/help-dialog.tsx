"use client";

import { setPreferences, usePreferences } from "#lib/client/preferences.ts";

import { DialogFrame } from "./dialog-frame.tsx";
import { KEY_HELP } from "./key-help.ts";

export interface HelpDialogProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

/** Every shortcut, and the switch that turns the bare letters off. */
export function HelpDialog({ isOpen, onOpenChange }: HelpDialogProps) {
  const { singleKeys } = usePreferences();
  return (
    <DialogFrame title="Keyboard" isOpen={isOpen} onOpenChange={onOpenChange}>
      <div className="grid gap-6 tablet:grid-cols-3">
        {KEY_HELP.map((group) => (
          <section key={group.title}>
            <h3 className="mb-2 text-12 font-semi text-text-2">{group.title}</h3>
            <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1.5 text-12">
              {group.keys.map((help) => (
                <div key={help.what} className="contents">
                  <dt className="flex gap-1 text-text-2">
                    {help.keys.map((key) => (
                      <kbd key={key} className="kbd whitespace-nowrap">
                        {key}
                      </kbd>
                    ))}
                  </dt>
                  <dd>{help.what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label className="mt-5 flex min-h-8 items-center gap-2 border-t pt-4 text-12">
        <input
          type="checkbox"
          checked={singleKeys}
          onChange={(event) => setPreferences({ singleKeys: event.currentTarget.checked })}
          className="size-4 accent-[var(--info)]"
        />
        Single letters are shortcuts. Turn this off if you dictate, or press keys by accident.
      </label>
    </DialogFrame>
  );
}
