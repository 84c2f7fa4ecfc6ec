import type { ClusterStatus } from "../admin/wire.ts";
import type { ConfigFacts } from "../config/config-facts.ts";
import type { KnownPeer } from "../directory.ts";
import type { ProxyIdentity } from "./proxy-identity.ts";

/** A proxy of the directory, as far as it has told about itself. */
export interface KnownProxy {
  id: string;
  /** Host part of its admin address. */
  host: string;
  knownAddresses: Readonly<Record<string, KnownPeer>>;
  /** `null` until it answered once. */
  identity: ProxyIdentity | null;
  /** Identities in its own certificates. */
  spiffeIds: readonly string[];
  /** `null` until it was read, or while the admin does not allow it. */
  config: ConfigFacts | null;
  /** Its upstreams with their endpoints; `null` until they were read. */
  upstreams: readonly ClusterStatus[] | null;
  /** Which of the recommended series it was ever seen to keep. */
  seen: { inboundHttp: boolean; inboundTcp: boolean; outboundHttp: boolean };
}
