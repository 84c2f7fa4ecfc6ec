"use client";

import { Autocomplete } from "@base-ui/react/autocomplete";
import { useRouter } from "next/navigation.js";
import { useRef, useState } from "react";

import { Icon } from "#components/ui/icon.tsx";
import { useFind, useView } from "#lib/client/search-params.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useKeys } from "#lib/client/use-keys.ts";

import { findJumps, jumpPath, useJumps, type Jump } from "./jumps.ts";

/** Narrows what the page shows while the reader types, and offers to go straight to a service, route, proxy or change. */
export function FindBox() {
  const [find, setFind] = useFind();
  const { namespaces, setView } = useView();
  const [isOpen, setIsOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const router = useRouter();
  const hrefTo = useHref();
  const jumps = findJumps(useJumps(isOpen || find !== ""), find);
  useKeys({ "/": () => input.current?.focus() });

  const go = (jump: Jump) => {
    setIsOpen(false);
    router.push(hrefTo(jumpPath(jump), { id: jump.id }));
  };

  return (
    <div className="mx-auto flex h-(--ctl-h) min-w-0 max-w-[472px] flex-1 items-center gap-1.5 overflow-hidden rounded-2 border border-line-strong bg-bg pl-[9px] pr-1.5 text-text-3 focus-within:border-info max-tablet:hidden">
      <Icon name="find" size={14} />
      {namespaces.length === 0 ? null : (
        <FindToken name="namespace" value={namespaces.join(", ")} onRemove={() => void setView({ namespaces: null })} />
      )}
      <Autocomplete.Root
        items={jumps}
        mode="none"
        open={isOpen && jumps.length > 0}
        onOpenChange={setIsOpen}
        value={find}
        onValueChange={(value, details) => {
          if (details.reason !== "item-press") void setFind(value === "" ? null : value);
        }}
        itemToStringValue={(jump: Jump) => jump.title}
      >
        <Autocomplete.Input
          ref={input}
          aria-label="Find a service, route, proxy or change"
          placeholder="Find a service, route, proxy…"
          onFocus={() => setIsOpen(true)}
          className="h-full min-w-24 flex-1 bg-transparent text-text outline-none"
        />
        <Autocomplete.Portal>
          <Autocomplete.Positioner sideOffset={8} className="z-40">
            <Autocomplete.Popup className="w-[440px] overflow-hidden rounded-3 bg-raised py-1 shadow-3">
              <Autocomplete.List>
                {(jump: Jump) => (
                  <Autocomplete.Item
                    key={jump.key}
                    value={jump}
                    onClick={() => go(jump)}
                    className="flex min-h-9 cursor-default items-center gap-2 px-3 data-highlighted:bg-hover"
                  >
                    <span className="w-14 flex-none text-11 text-text-3">{jump.kind}</span>
                    <span className="font-medium">{jump.title}</span>
                    <span className="min-w-0 truncate text-12 text-text-2">{jump.detail}</span>
                  </Autocomplete.Item>
                )}
              </Autocomplete.List>
            </Autocomplete.Popup>
          </Autocomplete.Positioner>
        </Autocomplete.Portal>
      </Autocomplete.Root>
      <span aria-hidden="true" className="kbd">
        /
      </span>
    </div>
  );
}

interface FindTokenProps {
  name: string;
  value: string;
  onRemove: () => void;
}

/** A filter that is in force, and the way to drop it. */
export function FindToken({ name, value, onRemove }: FindTokenProps) {
  return (
    <span className="inline-flex h-6 min-w-0 max-w-[60%] flex-none items-center gap-1 rounded-1 bg-surface pl-[7px] text-12 text-text shadow-[inset_0_0_0_1px_var(--line-strong)]">
      <span className="text-text-3">{name}</span>
      <span className="truncate">{value}</span>
      <button
        type="button"
        aria-label={`Remove the ${name} filter`}
        onClick={onRemove}
        className="grid size-6 flex-none place-items-center rounded-1 text-text-3 hover:text-text -outline-offset-2"
      >
        <Icon name="close" size={12} />
      </button>
    </span>
  );
}
