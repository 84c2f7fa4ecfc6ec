import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { isMap, isScalar, LineCounter, parseDocument, type Document } from "yaml";
import { z } from "zod";

import { WeftError } from "#lib/model/errors.ts";
import { SPANS_ID } from "#lib/model/source.ts";

import type { TraceSourceOptions } from "./options.ts";

/** Ids that Weft gives to sources of its own. */
const TAKEN_IDS = new Set([SPANS_ID, "weft", "envoy", "envoy-routes"]);

const Text = z.string("must be text").min(1, "must not be empty");

const SourceId = Text.regex(/^[a-z0-9][a-z0-9._-]{0,59}$/i, "must be letters, digits, dots, dashes and underscores, at most 60").refine(
  (id) => !TAKEN_IDS.has(id),
  "is the name of a source of Weft's own",
);

/** An address without user, password, query and fragment. What is wrong with it is said without repeating it: it may hold a secret. */
const HttpUrl = Text.superRefine((text, context) => {
  const url = URL.parse(text);
  const refuse = (message: string): void => context.addIssue({ code: "custom", message });
  if (url === null || !["http:", "https:"].includes(url.protocol)) refuse("must be an address that begins with http:// or https://");
  else if (url.username !== "" || url.password !== "") refuse("must hold no user and no password; use auth");
  else if (url.search !== "" || url.hash !== "") refuse("must end with its path; what follows ? or # is not used");
});

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m)$/;
const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000 };

const Timeout = z
  .string("must be a duration such as 10s")
  .regex(DURATION, "must be a duration such as 10s or 500ms")
  .transform((text) => {
    const [, number, unit] = DURATION.exec(text) ?? [];
    return Math.round(Number(number) * (UNIT_MS[unit ?? ""] ?? Number.NaN));
  })
  .refine((ms) => ms >= 100 && ms <= 120_000, "must be between 100ms and 2m");

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\x20-\x7e\x80-\xff]*$/;

const Headers = z.record(
  z.string().regex(HEADER_NAME, "must be the name of a header"),
  z.string("must be text; put numbers into quotes").regex(HEADER_VALUE, "must be one line of text that a header may have"),
);

const Auth = z
  .strictObject({
    bearerTokenFile: Text.optional(),
    basic: z.strictObject({ username: Text.regex(/^[^:]+$/, "must hold no colon"), passwordFile: Text }).optional(),
  })
  .refine(
    ({ bearerTokenFile, basic }) => (bearerTokenFile === undefined) !== (basic === undefined),
    "must have either bearerTokenFile or basic",
  );

const TraceSourceEntry = z.strictObject({
  id: SourceId,
  kind: z.enum(["jaeger", "zipkin"], "must be jaeger or zipkin"),
  url: HttpUrl,
  externalUrl: HttpUrl.optional(),
  headers: Headers.optional(),
  tenant: Text.regex(/^[\x21-\x7e]+$/, "must be text that a header may have").optional(),
  auth: Auth.optional(),
  ca: Text.optional(),
  timeout: Timeout.optional(),
});

const File = z.strictObject({
  mesh: Text.max(60, "must be at most 60 letters").optional(),
  traces: z
    .array(TraceSourceEntry, "must be a list")
    .max(20, "must be at most 20")
    .superRefine((sources, context) => {
      sources.forEach(({ id }, index) => {
        if (sources.findIndex((other) => other.id === id) < index)
          context.addIssue({ code: "custom", path: [index, "id"], message: "is there twice; each source needs an id of its own" });
      });
    })
    .optional(),
});

/** What the file says, in the words of `Options`. Paths are whole. */
export interface FileOptions {
  meshName?: string;
  traceSources?: TraceSourceOptions[];
}

/** Reads `weft.yaml`. Throws INVALID with line, field, reason and mend; never with a value of the file. */
export async function readConfigFile(path: string): Promise<FileOptions> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new WeftError("INVALID", `The configuration ${path} cannot be read${code}`, {
      field: "--config",
      mend: "Name a file with --config",
      cause,
    });
  });
  return parseConfigFile(text, path);
}

/** The same from the file's text. Relative paths in it are meant from the folder of `path`. */
export function parseConfigFile(text: string, path: string): FileOptions {
  const lines = new LineCounter();
  // Pretty errors would repeat the line, and with it perhaps a secret.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const [broken] = document.errors;
  if (broken !== undefined) throw refusal(path, lines.linePos(broken.pos[0]).line, null, plainReason(broken.code));
  // An empty file says nothing, which is allowed.
  const parsed = File.safeParse(valueOf(document, path) ?? {});
  if (!parsed.success) throw issueOf(parsed.error, document, lines, path);
  const whole = (file: string): string => resolve(dirname(path), file);
  const { mesh, traces } = parsed.data;
  return {
    ...(mesh === undefined ? {} : { meshName: mesh }),
    ...(traces === undefined ? {} : { traceSources: traces.map((entry) => sourceOf(entry, whole)) }),
  };
}

function sourceOf({ ca, timeout, auth, ...rest }: z.output<typeof TraceSourceEntry>, whole: (file: string) => string): TraceSourceOptions {
  return {
    ...rest,
    timeoutMs: timeout ?? 10_000,
    ...(ca === undefined ? {} : { caFile: whole(ca) }),
    ...(auth?.bearerTokenFile === undefined ? {} : { auth: { bearerTokenFile: whole(auth.bearerTokenFile) } }),
    ...(auth?.basic === undefined
      ? {}
      : { auth: { basic: { username: auth.basic.username, passwordFile: whole(auth.basic.passwordFile) } } }),
  };
}

function valueOf(document: Document, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    // An alias that leads nowhere, or so many that the file would grow without end.
    throw refusal(path, 1, null, "has aliases that cannot be resolved", cause);
  }
}

/** The parser's own sentences may repeat what stands in the file. */
function plainReason(code: string): string {
  return code === "DUPLICATE_KEY" ? "a name stands there twice" : `this is not valid YAML (${code.toLowerCase().replaceAll("_", " ")})`;
}

function issueOf(error: z.ZodError, document: Document, lines: LineCounter, path: string): WeftError {
  const issue = error.issues[0];
  const keys = (issue?.path ?? []).map((step) => (typeof step === "symbol" ? String(step) : step));
  if (issue?.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    return refusal(path, lineOf(document, lines, [...keys, key]), [...keys, key].join("."), "is not known");
  }
  if (issue?.code === "invalid_key")
    return refusal(path, lineOf(document, lines, keys), keys.join("."), issue.issues[0]?.message ?? "is not valid");
  const isMissing = issue?.code === "invalid_type" && valueAt(document, keys) === undefined;
  const reason = isMissing ? "is missing" : (issue?.message ?? "is not valid");
  return refusal(path, lineOf(document, lines, keys), keys.join("."), reason.startsWith("Invalid") ? "is not what it should be" : reason);
}

function valueAt(document: Document, keys: readonly (string | number)[]): unknown {
  return keys.length === 0 ? document.contents : document.getIn(keys, true);
}

/** Line of the name that a value stands under; of what is not there, the line of what it would stand in. */
function lineOf(document: Document, lines: LineCounter, keys: readonly (string | number)[]): number {
  for (let length = keys.length; length > 0; length--) {
    const parent = valueAt(document, keys.slice(0, length - 1));
    const last = keys[length - 1];
    const key = isMap(parent) ? parent.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(last))?.key : null;
    const node = isScalar(key) ? key : valueAt(document, keys.slice(0, length));
    const at = typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range) ? Number(node.range[0]) : null;
    if (at !== null) return lines.linePos(at).line;
  }
  return 1;
}

function refusal(path: string, line: number, field: string | null, reason: string, cause?: unknown): WeftError {
  const where = `${path}, line ${line}${field === null || field === "" ? "" : `, ${field}`}`;
  return new WeftError("INVALID", `${where}: ${reason}`, {
    ...(field === null || field === "" ? {} : { field }),
    mend: "docs/weft-yaml.md shows what it may say",
    cause,
  });
}
