"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation.js";
import { Suspense, useEffect, useState, type ReactNode } from "react";

import { useHref } from "#lib/client/use-href.ts";
import { useKeys } from "#lib/client/use-keys.ts";
import { SCRUB_MS, useTimeControls } from "#lib/client/use-time-controls.ts";

import { CommandPalette } from "./command-palette.tsx";
import { DESTINATIONS } from "./destinations.ts";
import { HelpDialog } from "./help-dialog.tsx";
import { LiveRegion } from "./live-region.tsx";
import { PastLine } from "./past-line.tsx";
import { Rail } from "./rail.tsx";
import { TopBar } from "./top-bar.tsx";

/** Rail, top bar and the page. Stands still while pages change. */
export function AppShell({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState<"commands" | "help" | null>(null);
  return (
    <>
      <a href="#main" className="skip-link">
        Skip to the page
      </a>
      <div className="frame">
        <TopBar onCommands={() => setOpen("commands")} />
        <Suspense fallback={null}>
          <PastLine />
        </Suspense>
        <Rail />
        <main id="main" tabIndex={-1} className="outline-none">
          {children}
        </main>
      </div>
      <Suspense fallback={null}>
        <ScrollToTop />
        <ShellKeys onCommands={() => setOpen("commands")} onHelp={() => setOpen("help")} />
      </Suspense>
      <CommandPalette
        isOpen={open === "commands"}
        onOpenChange={(isOpen) => setOpen(isOpen ? "commands" : null)}
        onHelp={() => setOpen("help")}
      />
      <HelpDialog isOpen={open === "help"} onOpenChange={(isOpen) => setOpen(isOpen ? "help" : null)} />
      <LiveRegion />
    </>
  );
}

/** A new page, or the page of another thing, begins at its top. The page scrolls inside the frame, not the window. */
function ScrollToTop() {
  const pathname = usePathname();
  const params = useSearchParams();
  const thing = params.get("id") ?? params.get("plan") ?? "";
  return <StartAtTop key={`${pathname} ${thing}`} />;
}

function StartAtTop() {
  // In braces: newer browsers answer a promise, which an effect must not return.
  useEffect(() => {
    document.getElementById("main")?.scrollTo(0, 0);
  }, []);
  return null;
}

function ShellKeys({ onCommands, onHelp }: { onCommands: () => void; onHelp: () => void }) {
  const router = useRouter();
  const hrefTo = useHref();
  const { toggle, scrubBy } = useTimeControls();
  const places = DESTINATIONS.map((destination) => [`g ${destination.key}`, () => router.push(hrefTo(destination.path))] as const);
  useKeys({
    ...Object.fromEntries(places),
    "mod+k": onCommands,
    "?": onHelp,
    l: toggle,
    ",": () => scrubBy(-SCRUB_MS),
    ".": () => scrubBy(SCRUB_MS),
  });
  return null;
}
