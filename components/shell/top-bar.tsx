"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link.js";
import { Suspense } from "react";

import { Button } from "#components/ui/button.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { sessionQuery } from "#lib/client/query-options.ts";

import { FindBox } from "./find-box.tsx";
import { LiveChip } from "./live-chip.tsx";
import { Logo } from "./logo.tsx";
import { NamespacePicker } from "./namespace-picker.tsx";
import { RangePicker } from "./range-picker.tsx";
import { ThemeToggle } from "./theme-toggle.tsx";

export interface TopBarProps {
  onCommands: () => void;
}

/** What is looked at: the mesh, its namespaces, the window; and how fresh the picture is. */
export function TopBar({ onCommands }: TopBarProps) {
  return (
    <header className="flex [grid-area:top] items-center gap-2 border-b bg-surface px-4 max-tablet:pr-1">
      <Link href="/" aria-label="Weft, home" className="tablet:hidden">
        <Logo />
      </Link>
      <MeshName />
      <span aria-hidden="true" className="text-line-strong max-tablet:hidden">
        /
      </span>
      <Suspense fallback={<span className="flex-1" />}>
        <div className="max-tablet:hidden">
          <NamespacePicker />
        </div>
        <FindBox />
        <div className="max-tablet:hidden">
          <RangePicker />
        </div>
      </Suspense>
      <span className="max-tablet:ml-auto">
        <Suspense fallback={<span className="block h-(--ctl-h) tablet:min-w-[196px]" />}>
          <LiveChip />
        </Suspense>
      </span>
      <ThemeToggle />
      <Button kind="quiet" onClick={onCommands} className="px-1.5 max-tablet:w-(--ctl-h) max-tablet:px-0">
        <Icon name="more" className="tablet:hidden" />
        <span className="max-desk:sr-only">Commands</span>
        <span className="kbd max-tablet:hidden">Ctrl K</span>
      </Button>
    </header>
  );
}

function MeshName() {
  const session = useQuery(sessionQuery());
  const name = session.data?.mesh ?? "this mesh";
  return (
    <span className="min-w-[9ch] truncate px-2.5 font-medium max-tablet:px-0 max-tablet:text-16 max-tablet:font-semi">
      {session.isPending ? "" : name}
    </span>
  );
}
