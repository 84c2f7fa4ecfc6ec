import type { Tone } from "#components/ui/tone.ts";
import { formatSpan } from "#lib/client/format.ts";
import type { Certificate } from "#lib/model/topology.ts";

/** An identity this near its end should have been renewed: most meshes renew at half or two thirds of a day. */
const SOON_MS = 60 * 60_000;

/** How a certificate stands at one instant, in a word. */
export function certificateState(certificate: Certificate, now: number): { tone: Tone; word: string } {
  const { expiresAt, validFrom } = certificate;
  if (expiresAt === null) return { tone: "unk", word: "end not known" };
  const left = Date.parse(expiresAt) - now;
  if (left <= 0) return { tone: "fail", word: `expired ${formatSpan(-left)} ago` };
  if (validFrom !== null && Date.parse(validFrom) > now) return { tone: "fail", word: "not valid yet" };
  return { tone: left < SOON_MS ? "warn" : "ok", word: `${formatSpan(left)} left` };
}
