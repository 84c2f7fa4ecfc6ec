import type { Watched } from "../topology/watched.ts";
import type { HeldCertificate } from "./held-certificates.ts";

/** One proxy with the certificates that it holds; `null` = they were not read yet. */
export interface WatchedHolder extends Watched {
  certificates: readonly HeldCertificate[] | null;
}
