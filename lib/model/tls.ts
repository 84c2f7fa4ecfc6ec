import { z } from "zod";

/** How a request travelled, or is meant to travel. `unknown` is never shown as plaintext nor as safe. */
export const TransportSecurity = z.enum(["mutual", "oneWay", "plaintext", "mixed", "unknown"]);
export type TransportSecurity = z.infer<typeof TransportSecurity>;

/** What the server's side demands: `strict` = mutual TLS only, `permissive` = plaintext is let in as well. */
export const ServerDemand = z.enum(["strict", "permissive", "oneWay", "off", "unknown"]);
export type ServerDemand = z.infer<typeof ServerDemand>;

/** Two facts side by side, never one guessed from the other. */
export const EdgeTls = z.object({
  declared: z.object({ client: TransportSecurity, server: ServerDemand }),
  observed: TransportSecurity,
  /** Share of the observed requests that came over mutual TLS; `null` where none was observed. */
  mutualShare: z.number().nullable(),
});
export type EdgeTls = z.infer<typeof EdgeTls>;
