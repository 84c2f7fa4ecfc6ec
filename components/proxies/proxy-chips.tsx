"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link.js";

import { cx } from "#components/ui/cx.ts";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { proxiesQuery } from "#lib/client/query-options.ts";
import { useHref } from "#lib/client/use-href.ts";

import { proxyTone, proxyWord } from "./proxy-words.ts";

/** Proxies by name, each with its state and a way to its page. */
export function ProxyChips({ ids }: { ids: readonly string[] }) {
  const hrefTo = useHref();
  const proxies = useQuery(proxiesQuery());
  const stateOf = new Map(proxies.data?.value.items.map((proxy) => [proxy.id, proxy.state]));
  if (ids.length === 0) return <p className="px-4 pb-3 text-12 text-text-2">None that Weft knows of.</p>;
  return (
    <ul className="flex flex-wrap gap-1.5 px-4 pb-3.5">
      {ids.map((id) => {
        const state = stateOf.get(id);
        return (
          <li key={id}>
            <Link
              href={hrefTo("/proxy", { id })}
              prefetch={false}
              className={cx(
                "inline-flex h-6 items-center gap-1.5 rounded-1 bg-sunken px-2 font-mono text-11 hover:text-info-text pointer-coarse:h-11",
              )}
            >
              <StatusGlyph tone={state === undefined ? "unk" : proxyTone(state)} />
              {id}
              <span className={state === undefined || state === "live" ? "sr-only" : "font-sans text-text-2"}>
                {state === undefined ? "state not known" : proxyWord(state)}
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
