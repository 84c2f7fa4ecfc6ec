import type { EdgeKey } from "../ledger/edges.ts";
import { SERVICES } from "../mesh/services.ts";
import { HEADERS, text, type IncomingHeaders } from "./context.ts";

/** What a caller can tell from an answer about where its call went. */
export interface Landing {
  /** `null`: nobody can know. */
  readonly version: string | null;
  readonly neverArrived: boolean;
  /** The callee's proxy forbade it: it was counted there and went no further. */
  readonly denied: boolean;
}

/** Flags of Envoy's answers to calls that it could hand to nobody: no healthy host, no connection, overflow, no cluster. */
const NOT_HANDED_ON = new Set(["UH", "UF", "UO", "NC"]);

const FORBIDDEN = 403;

/** Reads an answer: the application signs its own, a proxy marks those it made itself. */
export function landingOf(status: number | undefined, headers: IncomingHeaders, host: string): Landing {
  const signature = text(headers[HEADERS.app]);
  if (signature !== undefined) {
    const [, version = ""] = signature.split("@");
    return { version: version === "" ? null : version, neverArrived: false, denied: false };
  }
  const mark = text(headers[HEADERS.localReply]);
  const [flags = "", cluster = ""] = (mark ?? "").split(";");
  return {
    version: versionOf(cluster, host),
    neverArrived: flags.split(",").some((flag) => NOT_HANDED_ON.has(flag)),
    denied: mark !== undefined && status === FORBIDDEN,
  };
}

/** The proxy of our own is not there: the call went nowhere, and only a host with a single version tells which was meant. */
export function refusedLanding(host: string): Landing {
  return { version: soleVersion(host), neverArrived: true, denied: false };
}

/** The call broke off: it may have arrived or not. */
export function brokenLanding(host: string): Landing {
  return { version: soleVersion(host), neverArrived: false, denied: false };
}

function versionOf(cluster: string, host: string): string | null {
  const [, , version = "", service = ""] = cluster.split("|");
  return version === "" || service !== host ? soleVersion(host) : version;
}

function soleVersion(host: string): string | null {
  const versions = SERVICES.find((service) => service.name === host)?.versions ?? [];
  return versions.length === 1 ? (versions[0] ?? null) : null;
}

export function edgeTo(source: string, host: string, landing: Landing): EdgeKey {
  const protocol = SERVICES.find((service) => service.name === host)?.protocol ?? "http";
  return { source, target: host, version: landing.version, protocol };
}
