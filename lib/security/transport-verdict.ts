import type { ServerDemand, TransportSecurity, TransportVerdict } from "#lib/model/tls.ts";

/**
 * What a caller's setting and a server's demand lead to. A server that takes one-way TLS asks for no certificate, so a
 * caller that has one is not asked for it. What a permissive server does with TLS that shows no certificate differs
 * from one implementation to the next: `unknown`. A `mixed` caller stays mixed: it differs from one endpoint to the next.
 */
const VERDICTS: Record<TransportSecurity, Record<ServerDemand, TransportVerdict>> = {
  mutual: { strict: "mutual", permissive: "mutual", oneWay: "oneWay", off: "broken", unknown: "unknown" },
  oneWay: { strict: "broken", permissive: "unknown", oneWay: "oneWay", off: "broken", unknown: "unknown" },
  plaintext: { strict: "broken", permissive: "plaintext", oneWay: "broken", off: "plaintext", unknown: "unknown" },
  mixed: { strict: "mixed", permissive: "mixed", oneWay: "mixed", off: "mixed", unknown: "unknown" },
  unknown: { strict: "unknown", permissive: "unknown", oneWay: "unknown", off: "unknown", unknown: "unknown" },
};

/** What the two declarations together must lead to. */
export function transportVerdict(client: TransportSecurity, server: ServerDemand): TransportVerdict {
  return VERDICTS[client][server];
}

/** One client side out of several proxies of it: `mixed` where they differ; those that say nothing do not count. */
export function joinClients(says: Iterable<TransportSecurity>): TransportSecurity {
  const told = new Set(says);
  told.delete("unknown");
  const [only] = told;
  return told.size > 1 ? "mixed" : (only ?? "unknown");
}

/**
 * One demand out of several proxies of one workload: the weakest, for a caller meets any of them. Where one of them lets
 * plaintext in the workload is `permissive`; those that say nothing do not count.
 */
export function joinDemands(says: Iterable<ServerDemand>): ServerDemand {
  const told = new Set(says);
  told.delete("unknown");
  const [only] = told;
  if (told.size < 2) return only ?? "unknown";
  return told.has("off") || told.has("permissive") ? "permissive" : "oneWay";
}

/** One verdict over every pair of a client's and a server's proxy: `mixed` where pairs lead to different things. */
export function joinVerdicts(verdicts: readonly TransportVerdict[]): TransportVerdict {
  if (verdicts.length === 1) return verdicts[0] ?? "unknown";
  const all = new Set(verdicts);
  const known = [...all].filter((verdict) => verdict !== "unknown");
  if (known.length > 1) return "mixed";
  if (all.has("unknown")) return "unknown";
  return known[0] ?? "unknown";
}

export type Agreement = "agrees" | "differs" | "unknown";

/**
 * Whether what was seen is what the declarations lead to. `verdicts` are those of the single pairs. Where a pair is not
 * known, or one caller is `mixed` in itself, only a share of what was seen can be judged: that is `unknown`.
 */
export function agreementOf(observed: TransportSecurity, verdicts: readonly TransportVerdict[]): Agreement {
  if (observed === "unknown" || verdicts.length === 0 || verdicts.includes("unknown")) return "unknown";
  if (observed === "mixed") return joinVerdicts(verdicts) === "mixed" ? "agrees" : "differs";
  if (verdicts.includes(observed)) return "agrees";
  return verdicts.includes("mixed") ? "unknown" : "differs";
}
