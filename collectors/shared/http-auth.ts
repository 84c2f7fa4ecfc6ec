import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";

/** How a reader shows who it is. Secrets stand in files, so that they can be changed without a restart. */
export type HttpAuth = { bearerTokenFile: string } | { basic: { username: string; passwordFile: string } };

export interface HttpIdentity {
  auth?: HttpAuth | undefined;
  /** Sent as `X-Scope-OrgID`, by which Loki, Mimir, Tempo and Jaeger tell tenants apart. */
  tenant?: string | undefined;
  /** Sent as they are; what `auth` and `tenant` say comes before them. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** Header by which Grafana's back ends, and Jaeger by convention, tell tenants apart. */
const TENANT_HEADER = "x-scope-orgid";
/** What may stand in a header's value (RFC 9110, 5.5), without white space at its ends. */
const HEADER_VALUE = /^[\x21-\x7e\x80-\xff]([\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/;

/**
 * Headers for one question; files are read anew each time, because tokens are renewed while Weft runs. Errors:
 * SOURCE_REFUSED with the file's path, never with what is in it.
 */
export async function authHeaders(
  sourceId: string,
  { auth, tenant, headers }: HttpIdentity,
  readText: (path: string) => Promise<string>,
): Promise<Result<Record<string, string>>> {
  const all: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) all[name.toLowerCase()] = value;
  if (tenant !== undefined) all[TENANT_HEADER] = tenant;
  if (auth === undefined) return ok(all);
  const path = "basic" in auth ? auth.basic.passwordFile : auth.bearerTokenFile;
  const secret = await readSecret(sourceId, path, readText);
  if (!secret.ok) return secret;
  all["authorization"] =
    "basic" in auth ? `Basic ${Buffer.from(`${auth.basic.username}:${secret.value}`).toString("base64")}` : `Bearer ${secret.value}`;
  return ok(all);
}

async function readSecret(sourceId: string, path: string, readText: (path: string) => Promise<string>): Promise<Result<string>> {
  let text: string;
  try {
    text = (await readText(path)).trim();
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause && typeof cause.code === "string" ? ` (${cause.code})` : "";
    return err(refused(`The file ${path}, which identifies Weft to ${sourceId}, cannot be read${code}.`, sourceId, cause));
  }
  if (text === "") return err(refused(`The file ${path}, which identifies Weft to ${sourceId}, is empty.`, sourceId));
  if (!HEADER_VALUE.test(text)) {
    return err(
      refused(
        `The file ${path}, which identifies Weft to ${sourceId}, holds more than one line or signs that no header may have.`,
        sourceId,
      ),
    );
  }
  return ok(text);
}

function refused(message: string, sourceId: string, cause?: unknown): WeftError {
  const mend = "Put the token or the password into this file, and let Weft's user read it.";
  return new WeftError("SOURCE_REFUSED", message, { mend, sourceId, field: "auth", cause, isRetryable: true });
}
