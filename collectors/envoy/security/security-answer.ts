import type { Notice, Sourced } from "#lib/model/evidence.ts";
import type { SecurityFacts } from "#lib/model/security-facts.ts";

import type { MeshView } from "../identity/mesh-view.ts";
import { proxyOf } from "../topology/proxy-state.ts";
import { coverageOf } from "../topology/topology.ts";
import type { Watched } from "../topology/watched.ts";
import { dialFacts, listenerFacts } from "./declared.ts";
import type { HeldCertificate } from "./held-certificates.ts";
import { securityNotices } from "./notices.ts";
import type { SecretLog } from "./secret-log.ts";
import type { SecurityBook } from "./security-book.ts";
import { stagesOf } from "./stages.ts";
import type { WatchedHolder } from "./watched-holder.ts";

interface SecurityInput {
  sourceId: string;
  watched: readonly WatchedHolder[];
  mesh: MeshView;
  book: SecurityBook;
  secrets: SecretLog;
  /** Findings of the directory. */
  findings: readonly Notice[];
  window: { fromMs: number | null; toMs: number };
  nowMs: number;
  intervalMs: number;
}

/** Everything that the proxies told of identities, transport and rights. Empty lists while none told anything. */
export function buildSecurity(input: SecurityInput): Sourced<SecurityFacts> {
  const { sourceId, watched, mesh, book, secrets, nowMs } = input;
  const covered = book.covered(input.window, nowMs);
  const rbac = book.rbac(covered);
  const proxies = watched.map(({ known, observation }) => proxyOf(known, observation, input));
  const newest = Math.max(...watched.map(({ observation }) => observation.lastSeenMs ?? 0), 0);
  const reads = `GET /stats/prometheus, /certs and /config_dump of ${watched.length} proxies`;
  return {
    value: {
      observedSinceMs:
        book.sinceMs === null ? null : Math.max(book.sinceMs, book.covered({ fromMs: null, toMs: nowMs }, nowMs).window.fromMs),
      window: covered.window,
      calls: book.calls(covered),
      refusals: book.refusals(covered, nowMs),
      listeners: watched.flatMap(({ known }) => listenerFacts(known)),
      dials: watched.flatMap(({ known, observation }) => dialFacts(known, mesh, observation.tlsSeen)),
      certificates: watched.flatMap(({ known, certificates }) => certificatesOf(known, certificates)),
      events: [...secrets.events()],
      stages: watched.flatMap(({ known }) => stagesOf(known, rbac)),
      decisions: book.decisions(covered),
    },
    provenance: [{ source: sourceId, kind: "envoy", query: reads, observedAt: newest === 0 ? null : new Date(newest).toISOString() }],
    notices: [...input.findings, ...securityNotices(sourceId, watched, proxies, book.dropped)],
    coverage: coverageOf(input, proxies),
  };
}

function certificatesOf({ id, identity }: Watched["known"], held: readonly HeldCertificate[] | null): SecurityFacts["certificates"] {
  if (identity === null || held === null) return [];
  return held.map((one) => ({ ...one, id: `${id}/${one.serial}`, proxyId: id, nodeId: identity.nodeId }));
}
