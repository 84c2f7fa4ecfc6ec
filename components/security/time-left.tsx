"use client";

import { StatusWord } from "#components/ui/status-word.tsx";
import { leftWords, lifeView } from "./time-left.ts";
import { useNow } from "#lib/client/use-now.ts";
import type { CertificateStatus } from "#lib/model/security.ts";

/** A countdown to an instant, once a second and without a flash. Not spoken while it runs. */
export function Countdown({ until }: { until: string }) {
  const now = useNow();
  const left = Date.parse(until) - now;
  return <time dateTime={until}>{left > 0 ? leftWords(left) : "no time"}</time>;
}

export interface TimeLeftProps {
  expiresAt: string | null;
  /** As the answer judged it; `null` = only the end is known. */
  status: CertificateStatus | null;
}

/** How long a certificate is still good for: quiet while all is well, with shape and colour near the end and after it. */
export function TimeLeft({ expiresAt, status }: TimeLeftProps) {
  const now = useNow();
  const life = lifeView(expiresAt, status, now);
  if (life.tone === "ok") return <span>{life.word}</span>;
  return <StatusWord tone={life.tone}>{life.word}</StatusWord>;
}
