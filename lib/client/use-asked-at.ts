import { useEffect, useState } from "react";

import { askedMoment } from "./moment.ts";
import { useAt } from "./search-params.ts";

/** How long the reader rests on a moment of the past before it is asked for: longer than between two presses of a held key. */
const REST_MS = 300;

/**
 * The end of the window to read, for every query of a window: `useAt()` once the reader rests there, and until then the moment
 * before, whose picture stays. It is `null` whenever `useAt()` is.
 */
export function useAskedAt(): string | null {
  const at = useAt();
  const [settled, setSettled] = useState(at);
  const asked = askedMoment(at, settled);
  if (asked !== settled) setSettled(asked);
  useEffect(() => {
    if (at === asked) return undefined;
    const timer = window.setTimeout(() => setSettled(at), REST_MS);
    return () => window.clearTimeout(timer);
  }, [at, asked]);
  return asked;
}
