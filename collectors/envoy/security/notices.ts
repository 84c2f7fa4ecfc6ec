import type { Notice } from "#lib/model/evidence.ts";
import type { Proxy } from "#lib/model/topology.ts";

import { silentProxies } from "../topology/notices.ts";
import type { WatchedHolder } from "./watched-holder.ts";

/** What a reader of postures must know: who is silent, who does not say whom it turned away, and what found no room. */
export function securityNotices(source: string, watched: readonly WatchedHolder[], proxies: readonly Proxy[], dropped: number): Notice[] {
  const info = (code: string, text: string, mend: string): Notice => ({ level: "info", code, text, source, mend });
  const notices = silentProxies(source, proxies);
  const uncounted = idsWhere(watched, ({ known: { config } }) => config !== null && config.listeners.length > 0 && !countsCallers(config));
  if (uncounted.length > 0) {
    notices.push(info("callers-unknown", `Who calls, and how, is not told by ${list(uncounted)}.`, LOGGER_MEND));
  }
  const unnamed = idsWhere(
    watched,
    ({ known }) => known.config?.listeners.some((one) => one.asksCertificates && !one.logsHandshakes) ?? false,
  );
  if (unnamed.length > 0) {
    const text = `Connections that were refused are counted by ${list(unnamed)}, without who was refused.`;
    notices.push(info("refused-unnamed", text, "Add the counter inbound_handshakes_total to access_log of the listener itself."));
  }
  const undecided = idsWhere(watched, ({ known }) => known.config?.namesDecisions === false);
  if (undecided.length > 0) {
    const text = `Which callers were allowed or denied is not told by ${list(undecided)}.`;
    notices.push(
      info("decisions-unnamed", text, "Add the counter inbound_authz_total to the stats access logger of the inbound listener."),
    );
  }
  const unread = idsWhere(watched, ({ certificates, observation }) => certificates === null && observation.lastSeenMs !== null);
  if (unread.length > 0) notices.push(info("certificates-unread", `The certificates of ${list(unread)} are not known.`, CERTS_MEND));
  if (dropped > 0) notices.push(overflow(source, dropped));
  return notices;
}

const LOGGER_MEND = "Switch on the stats access logger of the inbound listeners; each proxy's page names the settings.";
const CERTS_MEND = "Allow /certs in admin.allow_paths of these proxies.";
const LISTED = 5;

type Config = NonNullable<WatchedHolder["known"]["config"]>;

function countsCallers({ logsInbound }: Config): boolean {
  return logsInbound.http || logsInbound.tcp;
}

function idsWhere(watched: readonly WatchedHolder[], holds: (one: WatchedHolder) => boolean): string[] {
  return watched.filter(holds).map(({ known }) => known.id);
}

function list(ids: readonly string[]): string {
  return ids.length > LISTED ? `${ids.slice(0, LISTED).join(", ")} and ${ids.length - LISTED} more` : ids.join(", ");
}

function overflow(source: string, dropped: number): Notice {
  return {
    level: "warning",
    code: "security-overflow",
    text: `There were more different callers than Weft remembers: ${dropped} calls, refusals or decisions are missing.`,
    source,
    mend: "Lower max_counters of the stats access loggers, or drop weft_addr where callers have certificates.",
  };
}
