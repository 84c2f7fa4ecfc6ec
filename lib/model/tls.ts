import { z } from "zod";

/** How a request travelled, or is meant to travel. `unknown` is never shown as plaintext nor as safe. */
export const TransportSecurity = z.enum(["mutual", "oneWay", "plaintext", "mixed", "unknown"]);
export type TransportSecurity = z.infer<typeof TransportSecurity>;

/** What the server's side demands: `strict` = mutual TLS only, `permissive` = plaintext is let in as well. */
export const ServerDemand = z.enum(["strict", "permissive", "oneWay", "off", "unknown"]);
export type ServerDemand = z.infer<typeof ServerDemand>;

/**
 * What the two declarations together must lead to. `broken` = no request can pass; `mixed` = it differs from one endpoint
 * or proxy to the next; `unknown` = one side is not known.
 */
export const TransportVerdict = z.enum(["mutual", "oneWay", "plaintext", "broken", "mixed", "unknown"]);
export type TransportVerdict = z.infer<typeof TransportVerdict>;

/** Two facts side by side, never one guessed from the other. */
export const EdgeTls = z.object({
  declared: z.object({ client: TransportSecurity, server: ServerDemand }),
  observed: TransportSecurity,
  /** Share of the observed requests that came over mutual TLS; `null` where none was observed. */
  mutualShare: z.number().nullable(),
  /** Connections of this caller that the target refused for what they showed; `null` = no source tells of refusals. */
  refused: z.number().int().nullable(),
});
export type EdgeTls = z.infer<typeof EdgeTls>;
