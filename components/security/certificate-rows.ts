import { nameOfId } from "#components/map/model/names.ts";
import { matchesFind } from "#components/ui/table-sort.ts";
import type { CertificateEvent, CertificateView } from "#lib/model/security.ts";

import { namespacesWords } from "./security-words.ts";
import type { TimelineItem } from "./timeline-layout.ts";
import { lifeView } from "./time-left.ts";

/** Whose end is nearest comes first; an end that is not known comes last. */
export function byEnd(a: Pick<CertificateView, "id" | "expiresAt">, b: Pick<CertificateView, "id" | "expiresAt">): number {
  if (a.expiresAt === null || b.expiresAt === null) {
    if (a.expiresAt === b.expiresAt) return a.id.localeCompare(b.id, "en");
    return a.expiresAt === null ? 1 : -1;
  }
  return Date.parse(a.expiresAt) - Date.parse(b.expiresAt) || a.id.localeCompare(b.id, "en");
}

/** What a certificate is called in few characters: whose it is, or which authority. */
export function certificateName(certificate: Pick<CertificateView, "role" | "nodeId" | "subject" | "issuer">): string {
  return certificate.role === "workload" ? nameOfId(certificate.nodeId) : (certificate.subject ?? "an authority");
}

export function certificateRows(certificates: readonly CertificateView[], about: string, find: string): CertificateView[] {
  return certificates
    .filter((one) => about === "" || one.nodeId === about)
    .filter((one) =>
      matchesFind(find, [one.nodeId, one.proxyId, one.secret, one.serial, one.subject, one.issuer, one.role, one.status, ...one.names]),
    )
    .toSorted(byEnd);
}

/** Why no certificate stands on the line: what narrows it, else that nobody told of one. `about` is a node id, empty = all. */
export function noCertificatesWords(about: string, namespaces: readonly string[]): string {
  if (about !== "") return `No certificate that a proxy told of is of ${nameOfId(about)}.`;
  if (namespaces.length > 0) return `No certificate is known in ${namespacesWords(namespaces)}. Those of other namespaces are hidden.`;
  return "No proxy told of a certificate that it holds. Without them nobody knows what ends when.";
}

/**
 * One mark for each certificate whose end is known. The same one held by several proxies, as every authority is, is one mark:
 * its serial and its issuer name it.
 */
export function timelineItems(certificates: readonly CertificateView[], now: number): TimelineItem[] {
  const items = new Map<string, TimelineItem>();
  for (const one of certificates) {
    if (one.expiresAt === null) continue;
    const key = one.role === "authority" ? `${one.issuer ?? ""} ${one.serial}` : `${one.nodeId} ${one.serial}`;
    if (items.has(key)) continue;
    const { tone } = lifeView(one.expiresAt, one.status, now);
    items.set(key, { key, name: certificateName(one), tone, leftMs: Date.parse(one.expiresAt) - now });
  }
  return [...items.values()];
}

/** `15 certificates: 1 has ended, 2 end soon`: what the timeline shows, for those who hear it. */
export function timelineSentence(items: readonly TimelineItem[]): string {
  const count = (tone: TimelineItem["tone"]) => items.filter((item) => item.tone === tone).length;
  const parts = [
    [count("fail"), "not valid now"],
    [count("warn"), "near the end"],
    [count("ok"), "with time left"],
  ] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, words]) => `${n} ${words}`);
  return `${items.length} ${items.length === 1 ? "certificate" : "certificates"} by time left: ${said.length === 0 ? "none" : said.join(", ")}`;
}

export const EVENTS_SHOWN_MS = 60 * 60_000;

/** What happened to secrets in the last hour, newest first. */
export function recentEvents(events: readonly CertificateEvent[], about: string, now: number): CertificateEvent[] {
  return events
    .filter((event) => (about === "" || event.nodeId === about) && now - Date.parse(event.at) <= EVENTS_SHOWN_MS)
    .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at) || a.proxyId.localeCompare(b.proxyId, "en"));
}
