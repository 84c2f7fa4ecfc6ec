import type { AdminClient } from "../admin/client.ts";

/** The questions that steering asks of a proxy's admin. */
export type RoutingAdmin = Pick<AdminClient, "clusters" | "config" | "processStart" | "stats">;
