"use client";

import { Dialog } from "@base-ui/react/dialog";
import { Command } from "cmdk";
import { useRouter } from "next/navigation.js";
import { Suspense, useState, type ReactNode } from "react";

import { Icon, type IconName } from "#components/ui/icon.tsx";
import { setPreferences } from "#lib/client/preferences.ts";
import { useView, windowWords } from "#lib/client/search-params.ts";
import { useHref } from "#lib/client/use-href.ts";
import { useTimeControls } from "#lib/client/use-time-controls.ts";
import { WINDOW_CHOICES } from "#lib/contract/requests.ts";

import { DESTINATIONS } from "./destinations.ts";
import { AGES } from "./end-at.ts";
import { findJumps, jumpPath, useJumps, type Jump } from "./jumps.ts";

const JUMP_ICONS: Readonly<Record<Jump["kind"], IconName>> = { service: "services", route: "routes", proxy: "proxies", change: "changes" };

export interface CommandPaletteProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  onHelp: () => void;
}

/** Everything the console can do, by name. */
export function CommandPalette({ isOpen, onOpenChange, onHelp }: CommandPaletteProps) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-[color-mix(in_srgb,var(--bg)_70%,transparent)]" />
        <Dialog.Popup className="fixed left-1/2 top-[12dvh] z-50 w-[min(600px,calc(100vw-32px))] -translate-x-1/2 overflow-hidden rounded-4 bg-raised shadow-3">
          <Dialog.Title className="sr-only">Commands</Dialog.Title>
          <Suspense fallback={null}>
            <Commands onDone={() => onOpenChange(false)} onHelp={onHelp} />
          </Suspense>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Commands({ onDone, onHelp }: { onDone: () => void; onHelp: () => void }) {
  const [text, setText] = useState("");
  const router = useRouter();
  const hrefTo = useHref();
  const { setView } = useView();
  const { isLive, toggle, goTo } = useTimeControls();
  const jumps = findJumps(useJumps(true), text);
  const run = (task: () => void) => () => {
    onDone();
    task();
  };
  return (
    <Command label="Commands" loop>
      <Command.Input
        value={text}
        onValueChange={setText}
        placeholder="Go to, find, change the view…"
        className="h-12 w-full border-b bg-transparent px-4 text-14 outline-none"
      />
      <Command.List className="max-h-[50dvh] overflow-auto p-2">
        <Command.Empty className="px-3 py-6 text-center text-text-2">Nothing is called that.</Command.Empty>
        {jumps.length === 0 ? null : (
          <Group heading="In this mesh">
            {jumps.map((jump) => (
              <Line
                key={jump.key}
                value={`${jump.key} ${jump.title} ${jump.detail}`}
                icon={JUMP_ICONS[jump.kind]}
                detail={jump.detail}
                onSelect={run(() => router.push(hrefTo(jumpPath(jump), { id: jump.id })))}
              >
                {jump.title}
              </Line>
            ))}
          </Group>
        )}
        <Group heading="Go to">
          {DESTINATIONS.map((destination) => (
            <Line
              key={destination.path}
              value={`go to ${destination.word}`}
              icon={destination.icon}
              detail={`g ${destination.key}`}
              onSelect={run(() => router.push(hrefTo(destination.path)))}
            >
              {destination.word}
            </Line>
          ))}
        </Group>
        <Group heading="View">
          {WINDOW_CHOICES.map((choice) => (
            <Line
              key={choice}
              value={`window last ${windowWords(choice)}`}
              icon="clock"
              onSelect={run(() => void setView({ window: choice }))}
            >
              Last {windowWords(choice)}
            </Line>
          ))}
          <Line value="all namespaces" icon="services" onSelect={run(() => void setView({ namespaces: null }))}>
            All namespaces
          </Line>
          <Line value="pause live now" icon={isLive ? "pause" : "play"} detail="L" onSelect={run(toggle)}>
            {isLive ? "Pause" : "Back to live"}
          </Line>
          {AGES.map(({ ms, words }) => (
            <Line key={ms} value={`past look back ${words}`} icon="clock" onSelect={run(() => goTo(Date.now() - ms))}>
              End the window {words}
            </Line>
          ))}
          <Line value="theme light" icon="sun" onSelect={run(() => setPreferences({ theme: "light" }))}>
            Light
          </Line>
          <Line value="theme dark" icon="moon" onSelect={run(() => setPreferences({ theme: "dark" }))}>
            Dark
          </Line>
          <Line value="theme system" icon="sun" onSelect={run(() => setPreferences({ theme: "system" }))}>
            Light or dark as the system
          </Line>
          <Line value="keyboard help shortcuts" icon="help" detail="?" onSelect={run(onHelp)}>
            Keyboard
          </Line>
        </Group>
      </Command.List>
    </Command>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="mb-1 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-11 [&_[cmdk-group-heading]]:text-text-3"
    >
      {children}
    </Command.Group>
  );
}

interface LineProps {
  value: string;
  icon: IconName;
  detail?: string;
  onSelect: () => void;
  children: ReactNode;
}

function Line({ value, icon, detail, onSelect, children }: LineProps) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex min-h-9 cursor-default items-center gap-2.5 rounded-2 px-2 data-[selected=true]:bg-info-bg"
    >
      <Icon name={icon} className="text-text-3" />
      <span className="flex-none">{children}</span>
      {detail === undefined ? null : <span className="ml-auto min-w-0 truncate text-12 text-text-3">{detail}</span>}
    </Command.Item>
  );
}
