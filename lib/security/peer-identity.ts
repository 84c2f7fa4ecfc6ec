import type { PeerIdentity } from "#lib/model/security.ts";

/** A SPIFFE id has at most 2048 bytes, its trust domain at most 255 (SPIFFE-ID, section 2.3). */
const LONGEST_ID = 2_048;
const LONGEST_TRUST_DOMAIN = 255;

/** What is kept of a name that is longer than the standard allows: it is a text to look at, not an identity. */
const SHOWN_OF_ABSURD = 200;

/**
 * Scheme and trust domain are case-insensitive, the path is not. Neither user, port, query nor fragment; path segments
 * are letters, digits, dots, dashes and underscores, none of them empty, `.` or `..`; no slash at the end.
 */
const SPIFFE_ID = /^spiffe:\/\/([a-z0-9._-]+)((?:\/[a-zA-Z0-9._-]+)*)$/;
const DOT_SEGMENT = /(^|\/)\.\.?(\/|$)/;

/** The path that meshes write: `/ns/<namespace>/sa/<service account>`. */
const MESH_PATH = /^\/ns\/([^/]+)\/sa\/([^/]+)$/;

/**
 * Reads the URI of a peer. A valid SPIFFE id has a trust domain; namespace and account only where its path is the one
 * that meshes write. Everything else keeps its URI alone; one longer than the standard allows is cut.
 */
export function peerIdentity(uri: string): PeerIdentity {
  const unread = { trustDomain: null, namespace: null, account: null };
  if (uri.length > LONGEST_ID) return { uri: `${uri.slice(0, SHOWN_OF_ABSURD)}…`, ...unread };
  const scheme = /^spiffe:\/\/[^/]*/i.exec(uri)?.[0];
  if (scheme === undefined) return { uri, ...unread };
  const [, trustDomain, path = ""] = SPIFFE_ID.exec(scheme.toLowerCase() + uri.slice(scheme.length)) ?? [];
  if (trustDomain === undefined || trustDomain.length > LONGEST_TRUST_DOMAIN || DOT_SEGMENT.test(path)) return { uri, ...unread };
  const [, namespace, account] = MESH_PATH.exec(path) ?? [];
  return { uri, trustDomain, namespace: namespace ?? null, account: account ?? null };
}

/** As `peerIdentity`, for a peer that may have shown none. */
export function peerIdentityOrNull(uri: string | null): PeerIdentity | null {
  return uri === null || uri === "" ? null : peerIdentity(uri);
}

export type IdentityReader = (uri: string | null) => PeerIdentity | null;

/** As `peerIdentityOrNull`, for many calls of few identities: each is read once. */
export function createIdentityReader(): IdentityReader {
  const read = new Map<string, PeerIdentity>();
  return (uri) => {
    if (uri === null || uri === "") return null;
    const identity = read.get(uri) ?? peerIdentity(uri);
    read.set(uri, identity);
    return identity;
  };
}

/** Whether it is an identity by the standard, not just a name of that look. */
export function isSpiffe(identity: PeerIdentity): boolean {
  return identity.trustDomain !== null;
}
