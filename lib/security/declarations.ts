import type { DeclaredBy, TlsPosture } from "#lib/model/security.ts";
import type { ServerDemand, TransportSecurity, TransportVerdict } from "#lib/model/tls.ts";
import type { DialFacts, ListenerFacts } from "#lib/model/security-facts.ts";

import { joinClients, joinDemands, joinVerdicts, transportVerdict } from "./transport-verdict.ts";
import { DEMAND_WORDS, TRANSPORT_WORDS } from "./wording.ts";

/** What one side says: of each of its proxies, and taken together. */
interface Side<T extends string> {
  /** What those of its proxies say that say something; `unknown` alone where none does. */
  says: readonly T[];
  shown: T;
  by: DeclaredBy[];
}

/** What several say that say something, each once. */
function telling<F, T extends string>(facts: readonly F[], of: (fact: F) => T): T[] {
  const told: T[] = [];
  for (const fact of facts) {
    const says = of(fact);
    if (says !== "unknown" && !told.includes(says)) told.push(says);
  }
  return told;
}

/** The caller's side: what the topology says of it goes before the sum of its proxies, for the map shows that. */
export function clientSide(dials: readonly DialFacts[], topology: TransportSecurity): Side<TransportSecurity> {
  const told = telling(dials, ({ transport }) => transport);
  const shown = topology === "unknown" ? joinClients(told) : topology;
  return {
    says: told.length > 0 ? told : [shown],
    shown,
    by: dials.map(({ proxyId, name, transport }) => ({ proxyId, place: name, says: TRANSPORT_WORDS[transport] })),
  };
}

/** The target's side, which is the same for all of its callers. */
export function serverSide(listeners: readonly ListenerFacts[], topology: ServerDemand): Side<ServerDemand> {
  const told = telling(listeners, ({ demand }) => demand);
  const shown = topology === "unknown" ? joinDemands(told) : topology;
  return {
    says: told.length > 0 ? told : [shown],
    shown,
    by: listeners.map(({ proxyId, listener, demand }) => ({ proxyId, place: listener, says: DEMAND_WORDS[demand] })),
  };
}

/** Both sides of an edge, with the verdict of every pair of their proxies. */
export function declarationsOf(
  client: Side<TransportSecurity>,
  server: Side<ServerDemand>,
): { declared: TlsPosture["declared"]; verdicts: TransportVerdict[] } {
  const verdicts: TransportVerdict[] = [];
  for (const one of client.says) for (const other of server.says) verdicts.push(transportVerdict(one, other));
  const verdict = joinVerdicts(verdicts);
  return { declared: { client: client.shown, clientBy: client.by, server: server.shown, serverBy: server.by, verdict }, verdicts };
}
