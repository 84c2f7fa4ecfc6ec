import type { Tone } from "#components/ui/tone.ts";
import { formatAge } from "#lib/client/format.ts";
import type { CertificateStatus } from "#lib/model/security.ts";

import { CERTIFICATE_TONES } from "./security-words.ts";

const NBSP = "\u00a0";
const COUNTDOWN_MS = 10 * 60_000;
const YEAR_MS = 365 * 86_400_000;

/**
 * Time left in few characters: `4 min 05 s` under ten minutes, then one unit up to years. The seconds keep two digits, so
 * that a running countdown keeps its width.
 */
export function leftWords(ms: number): string {
  const size = Math.abs(ms);
  if (size >= 2 * YEAR_MS) return `${Math.floor(size / YEAR_MS).toLocaleString("en")}${NBSP}y`;
  if (size >= COUNTDOWN_MS) return formatAge(size);
  const seconds = Math.floor(size / 1_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${seconds}${NBSP}s`;
  return `${minutes}${NBSP}min${NBSP}${String(seconds % 60).padStart(2, "0")}${NBSP}s`;
}

export interface LifeView {
  tone: Tone;
  word: string;
}

/**
 * How a certificate stands at `now`. Its status is the one of the answer, but an end that has come since then has come.
 * `status: null` = only its end is known.
 */
export function lifeView(expiresAt: string | null, status: CertificateStatus | null, now: number): LifeView {
  if (expiresAt === null) return { tone: "unk", word: "end not known" };
  const left = Date.parse(expiresAt) - now;
  if (left <= 0) return { tone: "fail", word: `ended ${leftWords(left)} ago` };
  if (status === "notYet") return { tone: "fail", word: "not valid yet" };
  // A clock of the browser that is slow must not bring a certificate back to life.
  if (status === "expired") return { tone: "fail", word: "ended" };
  return { tone: status === null ? "ok" : CERTIFICATE_TONES[status], word: leftWords(left) };
}
