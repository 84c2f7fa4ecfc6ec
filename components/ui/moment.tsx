"use client";

import { formatAge, formatMoment, instantMs, type Instant } from "#lib/client/format.ts";
import { useNow } from "#lib/client/use-now.ts";

import { Missing } from "./delta.tsx";

/** A point in time in the reader's zone, with seconds. */
export function Moment({ at }: { at: Instant }) {
  const now = useNow();
  const ms = instantMs(at);
  if (ms === null) return <Missing word="never" />;
  return <time dateTime={new Date(ms).toISOString()}>{formatMoment(ms, now)}</time>;
}

/** How long ago something was: `38 s`. */
export function Age({ at }: { at: Instant }) {
  const now = useNow();
  const ms = instantMs(at);
  if (ms === null) return <Missing word="never" />;
  return <time dateTime={new Date(ms).toISOString()}>{formatAge(now - ms)}</time>;
}
