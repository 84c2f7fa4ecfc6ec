import { plainName } from "#collectors/shared/plain-name.ts";
import type { CertificateChange } from "#lib/model/security-facts.ts";

import type { HeldCertificate } from "./held-certificates.ts";

/** What happened to the secrets of all proxies, as far as it was watched. */
export interface SecretLog {
  /** The certificates that a proxy holds now. The first time only tells where things stand. */
  noteCertificates(proxy: { id: string; nodeId: string }, certificates: readonly HeldCertificate[], atMs: number): void;
  /** How often the proxy's running process refused a new secret, by secret; `isNewProcess`: it counts anew, after a start. */
  noteRejections(proxy: { id: string; nodeId: string }, rejected: ReadonlyMap<string, number>, isNewProcess: boolean, atMs: number): void;
  /** Whether a proxy of the node holds certificates of its own of which none is valid any more at that instant. */
  hasOnlyEnded(nodeId: string, atMs: number): boolean;
  /** The proxy is gone from the directory; its events stay. */
  forget(proxyId: string): void;
  /** Oldest first; the newest 500. */
  events(): readonly CertificateChange[];
}

const MAX_EVENTS = 500;

interface Standing {
  /** Serial by secret; `null` = certificates that are part of the configuration. */
  serials: Map<string | null, string>;
  rejected: Map<string, number> | null;
  /** Whose the proxy is, and when the last of its own certificates ends; `null` = it holds none, or one that does not tell. */
  nodeId: string;
  lastEndMs: number | null;
}

export function createSecretLog(): SecretLog {
  const standings = new Map<string, Standing>();
  const events: CertificateChange[] = [];

  function standingOf({ id, nodeId }: { id: string; nodeId: string }): Standing {
    const known = standings.get(id);
    if (known !== undefined) return known;
    const standing = { serials: new Map(), rejected: null, nodeId, lastEndMs: null };
    standings.set(id, standing);
    return standing;
  }

  function push(event: CertificateChange): void {
    events.push(event);
    if (events.length > MAX_EVENTS) events.shift();
  }

  return {
    noteCertificates({ id, nodeId }, certificates, atMs) {
      const standing = standingOf({ id, nodeId });
      standing.nodeId = nodeId;
      standing.lastEndMs = lastEnd(certificates);
      const { serials } = standing;
      for (const [secret, serial] of serialsBySecret(certificates)) {
        // Between two answers a new certificate may stand without its secret; it belongs to one all the same.
        if (secret === null && [...serials.keys()].some((known) => known !== null)) continue;
        const before = serials.get(secret);
        serials.set(secret, serial);
        if (before === undefined || before === serial) continue;
        push({ atMs, kind: "rotated", proxyId: id, nodeId, secret, fromSerial: before, toSerial: serial });
      }
    },
    noteRejections({ id, nodeId }, rejected, isNewProcess, atMs) {
      const standing = standingOf({ id, nodeId });
      const before = isNewProcess ? null : standing.rejected;
      standing.rejected = new Map(rejected);
      if (before === null) return;
      for (const [name, count] of rejected) {
        if (count <= (before.get(name) ?? 0)) continue;
        const secret = name === "" ? null : plainName(name);
        const fromSerial = standing.serials.get(secret) ?? null;
        push({ atMs, kind: "rejected", proxyId: id, nodeId, secret, fromSerial, toSerial: null });
      }
    },
    hasOnlyEnded: (nodeId, atMs) =>
      [...standings.values()].some((one) => one.nodeId === nodeId && one.lastEndMs !== null && one.lastEndMs <= atMs),
    forget: (proxyId) => void standings.delete(proxyId),
    events: () => events,
  };
}

function lastEnd(certificates: readonly HeldCertificate[]): number | null {
  const ends = certificates
    .filter(({ role }) => role === "workload")
    .map(({ expiresAt }) => (expiresAt === null ? Infinity : Date.parse(expiresAt)));
  const last = Math.max(...ends);
  return Number.isFinite(last) ? last : null;
}

/** Several certificates without a secret's name cannot be told apart, so their changes are nobody's. */
function serialsBySecret(certificates: readonly HeldCertificate[]): Map<string | null, string> {
  const own = certificates.filter(({ role }) => role === "workload");
  return new Map(
    own.filter(({ secret }) => own.filter((other) => other.secret === secret).length === 1).map(({ secret, serial }) => [secret, serial]),
  );
}
