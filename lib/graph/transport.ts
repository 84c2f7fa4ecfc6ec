import type { TransportCounts } from "#lib/model/red.ts";
import type { EdgeTls } from "#lib/model/tls.ts";

/** What was seen of the transport. Nothing seen is `unknown`, never plaintext and never safe. */
export function observedTransport(transport: TransportCounts): Pick<EdgeTls, "observed" | "mutualShare"> {
  const total = transport.mutual + transport.oneWay + transport.plaintext;
  if (total === 0) return { observed: "unknown", mutualShare: null };
  const mutualShare = transport.mutual / total;
  if (transport.mutual === total) return { observed: "mutual", mutualShare };
  if (transport.oneWay === total) return { observed: "oneWay", mutualShare };
  if (transport.plaintext === total) return { observed: "plaintext", mutualShare };
  return { observed: "mixed", mutualShare };
}
