import type { PeerIdentity, SecurityReport, TlsPosture } from "#lib/model/security.ts";

import type { Cell } from "./csv.ts";
import { countRefused } from "./refusals.ts";

/** The parts of a report that can be kept as a file. */
export type ReportTable = "edges" | "workloads" | "certificates" | "events" | "refusals" | "authorization";

/** A table as lines of cells, the first of which names the columns. */
type Lines = Cell[][];

type Column<T> = readonly [name: string, of: (item: T) => Cell];

function linesOf<T>(items: readonly T[], columns: readonly Column<T>[]): Lines {
  return [columns.map(([name]) => name), ...items.map((item) => columns.map(([, of]) => of(item)))];
}

/** Several texts in one cell. */
function listed(texts: Iterable<string | null>): string {
  return [...new Set(texts)].filter((text) => text !== null && text !== "").join("; ");
}

function uris(identities: Iterable<PeerIdentity | null>): string {
  return listed([...identities].map((identity) => identity?.uri ?? null));
}

const EDGE_COLUMNS: readonly Column<TlsPosture>[] = [
  ["source", ({ source }) => source],
  ["target", ({ target }) => target],
  ["protocol", ({ protocol }) => protocol],
  ["declaredClient", ({ declared }) => declared.client],
  ["declaredServer", ({ declared }) => declared.server],
  ["verdict", ({ declared }) => declared.verdict],
  ["observed", ({ observed }) => observed.transport],
  ["agreement", ({ agreement }) => agreement],
  ["mutual", ({ observed }) => observed.mutual],
  ["oneWay", ({ observed }) => observed.oneWay],
  ["plaintext", ({ observed }) => observed.plaintext],
  ["mutualShare", ({ observed }) => observed.mutualShare],
  ["identities", ({ callers }) => uris(callers.map(({ identity }) => identity))],
  ["addresses", ({ callers }) => listed(callers.map(({ address }) => address))],
  ["tlsVersions", ({ observed }) => listed(observed.tlsVersions)],
  ["ciphers", ({ observed }) => listed(observed.ciphers)],
  ["since", ({ observed }) => observed.since],
  ["lastSeen", ({ observed }) => observed.lastSeen],
  ["refused", ({ refusals }) => countRefused(refusals)],
  ["callerExpiresAt", ({ callerExpiresAt }) => callerExpiresAt],
  ["requestsPerSecond", ({ rate }) => rate],
];

function workloadLines({ workloads }: SecurityReport): Lines {
  return linesOf(workloads, [
    ["workload", ({ id }) => id],
    ["demand", ({ demand }) => demand],
    ["accepts", ({ accepts }) => listed(accepts.map(({ transport, names }) => [transport, ...names].join(" ")))],
    ["presents", ({ presents }) => uris(presents)],
    ["expiresAt", ({ expiresAt }) => expiresAt],
    ["plaintextCallers", ({ plaintextCallers }) => listed(plaintextCallers)],
    ["refused", ({ refused }) => refused],
    ["proxies", ({ proxies }) => proxies.n],
    ["proxiesOf", ({ proxies }) => proxies.of],
    ["object", ({ object }) => object?.location ?? null],
    ["notSteerable", ({ notSteerable }) => notSteerable],
  ]);
}

function certificateLines({ certificates }: SecurityReport): Lines {
  return linesOf(certificates, [
    ["workload", ({ nodeId }) => nodeId],
    ["proxy", ({ proxyId }) => proxyId],
    ["secret", ({ secret }) => secret],
    ["role", ({ role }) => role],
    ["status", ({ status }) => status],
    ["expiresAt", ({ expiresAt }) => expiresAt],
    ["validFrom", ({ validFrom }) => validFrom],
    ["serial", ({ serial }) => serial],
    ["subject", ({ subject }) => subject],
    ["issuer", ({ issuer }) => issuer],
    ["names", ({ names }) => listed(names)],
    ["identities", ({ identities }) => uris(identities)],
    ["rotations", ({ rotations }) => rotations],
    ["findings", ({ findings }) => listed(findings)],
  ]);
}

function eventLines({ events }: SecurityReport): Lines {
  return linesOf(events, [
    ["at", ({ at }) => at],
    ["kind", ({ kind }) => kind],
    ["workload", ({ nodeId }) => nodeId],
    ["proxy", ({ proxyId }) => proxyId],
    ["secret", ({ secret }) => secret],
    ["fromSerial", ({ fromSerial }) => fromSerial],
    ["toSerial", ({ toSerial }) => toSerial],
  ]);
}

function refusalLines({ refusals }: SecurityReport): Lines {
  return linesOf(refusals, [
    ["source", ({ source }) => source],
    ["target", ({ target }) => target],
    ["witness", ({ witness }) => witness],
    ["reason", ({ reason }) => reason],
    ["claimed", ({ claimed }) => claimed?.uri ?? null],
    ["address", ({ address }) => address],
    ["count", ({ count }) => count],
    ["firstSeen", ({ firstSeen }) => firstSeen],
    ["lastSeen", ({ lastSeen }) => lastSeen],
  ]);
}

/** A line per policy, and a line per decision under the stages of its workload: `kind` tells them apart. */
function authorizationLines({ authorization }: SecurityReport): Lines {
  const policies = authorization.flatMap(({ id, stages }) =>
    stages.flatMap((stage, index) => stage.policies.map((policy) => ({ id, stage, place: index + 1, policy, decision: null }))),
  );
  const decisions = authorization.flatMap(({ id, decisions: own }) =>
    own.map((decision) => ({ id, stage: null, place: null, policy: null, decision })),
  );
  return linesOf(
    [...policies, ...decisions],
    [
      ["kind", ({ decision }) => (decision === null ? "policy" : "decision")],
      ["workload", ({ id }) => id],
      ["stage", ({ place }) => place],
      ["action", ({ stage }) => stage?.action ?? null],
      ["mode", ({ stage, decision }) => stage?.mode ?? decision?.mode ?? null],
      ["policy", ({ policy, decision }) => policy?.name ?? decision?.policy ?? null],
      ["principals", ({ policy }) => policy?.principals ?? null],
      ["permissions", ({ policy }) => policy?.permissions ?? null],
      ["neverMatches", ({ policy }) => policy?.neverMatches ?? null],
      ["source", ({ decision }) => decision?.source ?? null],
      ["identity", ({ decision }) => decision?.identity?.uri ?? null],
      ["address", ({ decision }) => decision?.address ?? null],
      ["outcome", ({ decision }) => decision?.outcome ?? null],
      ["count", ({ policy, decision }) => policy?.matched ?? decision?.count ?? null],
      ["lastSeen", ({ decision }) => decision?.lastSeen ?? null],
    ],
  );
}

const TABLES: Record<ReportTable, (report: SecurityReport) => Lines> = {
  edges: ({ edges }) => linesOf(edges, EDGE_COLUMNS),
  workloads: workloadLines,
  certificates: certificateLines,
  events: eventLines,
  refusals: refusalLines,
  authorization: authorizationLines,
};

/** One table of a report, its columns named in the first line. Lists stand in one cell, parted by semicolons. */
export function tableRows(report: SecurityReport, table: ReportTable): Lines {
  return TABLES[table](report);
}
