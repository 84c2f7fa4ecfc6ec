import { createHttpFetcher } from "#collectors/shared/http-fetcher.ts";
import { WeftError } from "#lib/model/errors.ts";
import type { HttpFetcher } from "#lib/ports/http-fetcher.ts";
import type { Clock, Scheduler } from "#lib/ports/time.ts";

/** Files in PEM by which a source trusts and is trusted. */
export interface TlsFiles {
  /** Authorities that are trusted for this source alone, in place of the system's. */
  caFile?: string | undefined;
  /** Certificate chain that Weft shows, with its private key; both or neither. */
  certFile?: string | undefined;
  keyFile?: string | undefined;
}

/**
 * The fetcher that a source with files of its own needs; `null` where it has none and the common one serves. They are read
 * once. Throws INVALID for what cannot be used, naming the file and never what is in it.
 */
export async function createTransport(
  sourceId: string,
  { caFile, certFile, keyFile }: TlsFiles,
  parts: { clock: Clock; scheduler: Scheduler; readText: (path: string) => Promise<string> },
): Promise<(HttpFetcher & { close(): Promise<void> }) | null> {
  const { clock, scheduler, readText } = parts;
  if (caFile === undefined && certFile === undefined && keyFile === undefined) return null;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new WeftError("INVALID", `${sourceId} has a client certificate without its key, or a key without its certificate.`, {
      field: certFile === undefined ? "certFile" : "keyFile",
      sourceId,
      mend: "Name both files.",
    });
  }
  const read = async (path: string, field: string, what: string, mark: RegExp): Promise<string> => {
    const refuse = (reason: string, cause?: unknown): WeftError =>
      new WeftError("INVALID", `${what} of ${sourceId} in ${path} ${reason}.`, {
        field,
        sourceId,
        mend: "Name a file in PEM that Weft may read.",
        cause,
      });
    const text = await readText(path).catch((cause: unknown) => {
      throw refuse("cannot be read", cause);
    });
    if (!mark.test(text)) throw refuse("is not there: the file holds something else");
    return text;
  };
  const certificate = /-----BEGIN CERTIFICATE-----/;
  const ca = caFile === undefined ? undefined : await read(caFile, "caFile", "The authority", certificate);
  if (certFile === undefined || keyFile === undefined) return createHttpFetcher({ clock, scheduler, ca });
  const cert = await read(certFile, "certFile", "The client certificate", certificate);
  const key = await read(keyFile, "keyFile", "The private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/);
  return createHttpFetcher({ clock, scheduler, ca, client: { cert, key } });
}
