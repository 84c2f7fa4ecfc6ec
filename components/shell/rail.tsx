"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link.js";
import { usePathname } from "next/navigation.js";
import { Suspense } from "react";

import { cx } from "#components/ui/cx.ts";
import { Icon } from "#components/ui/icon.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import type { Tone } from "#components/ui/tone.ts";
import { sourcesQuery } from "#lib/client/query-options.ts";
import { hrefWithView } from "#lib/client/search-params.ts";
import { useHref, type HrefTo } from "#lib/client/use-href.ts";

import { DESTINATIONS, isUnder, type Destination } from "./destinations.ts";
import { Logo } from "./logo.tsx";

const plainHref: HrefTo = (path, own = {}) => hrefWithView(path, own, null);

/** The places of the console: at the left, or at the bottom of a phone. */
export function Rail() {
  return (
    <nav
      aria-label="Main"
      className="flex [grid-area:rail] flex-col items-center border-r bg-surface pb-3 max-tablet:flex-row max-tablet:justify-between max-tablet:border-r-0 max-tablet:border-t max-tablet:px-1 max-tablet:pb-1"
    >
      <Suspense fallback={<RailLinks hrefTo={plainHref} />}>
        <RailLinksWithView />
      </Suspense>
    </nav>
  );
}

function RailLinksWithView() {
  return <RailLinks hrefTo={useHref()} />;
}

function RailLinks({ hrefTo }: { hrefTo: HrefTo }) {
  const pathname = usePathname();
  return (
    <>
      <Link
        href={hrefTo("/")}
        aria-label="Weft, home"
        className="grid h-(--topbar-h) w-full flex-none place-items-center max-tablet:hidden"
      >
        <Logo />
      </Link>
      {DESTINATIONS.map((destination) => (
        <RailLink
          key={destination.path}
          destination={destination}
          href={hrefTo(destination.path)}
          isHere={isUnder(destination, pathname)}
        />
      ))}
    </>
  );
}

interface RailLinkProps {
  destination: Destination;
  href: string;
  isHere: boolean;
}

function RailLink({ destination, href, isHere }: RailLinkProps) {
  return (
    <Link
      href={href}
      aria-current={isHere ? "page" : undefined}
      className={cx(
        "relative mb-0.5 flex h-[50px] w-12 flex-none flex-col items-center justify-center gap-[3px] rounded-3 text-10 font-medium max-tablet:mb-0 max-tablet:w-auto max-tablet:min-w-11 max-tablet:flex-1",
        "-outline-offset-2",
        isHere
          ? "bg-info-bg text-info-text before:absolute before:-left-1 before:bottom-3 before:top-3 before:w-[3px] before:rounded-[2px] before:bg-info max-tablet:before:hidden"
          : "text-text-3 hover:bg-hover hover:text-text-2",
      )}
    >
      <Icon name={destination.icon} />
      {destination.word}
      {destination.path === "/sources" ? <SourcesMark /> : null}
    </Link>
  );
}

/** A mark on Sources while one of them is down or says less than it could. */
function SourcesMark() {
  const sources = useQuery(sourcesQuery());
  const states = sources.data?.value.items.map((source) => source.state) ?? [];
  const tone: Tone | null = states.includes("down") ? "fail" : states.includes("degraded") ? "warn" : null;
  if (tone === null) return null;
  return (
    <span className="absolute right-[5px] top-1">
      <StatusGlyph tone={tone} />
      <span className="sr-only">{tone === "fail" ? ", one is down" : ", one is degraded"}</span>
    </span>
  );
}
