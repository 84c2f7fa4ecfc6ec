import { useSearchParams } from "next/navigation.js";
import { useCallback } from "react";

import { hrefWithView } from "./search-params.ts";

export type HrefTo = (path: string, own?: Readonly<Record<string, string | null | undefined>>) => string;

/** Builds addresses that keep the reader's window and namespaces. Needs a Suspense boundary above. */
export function useHref(): HrefTo {
  const current = useSearchParams();
  return useCallback((path, own = {}) => hrefWithView(path, own, current), [current]);
}
