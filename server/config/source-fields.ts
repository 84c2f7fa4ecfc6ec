import { z } from "zod";

import { SPANS_ID } from "#lib/model/source.ts";

/** Fields that every source outside has in `weft.yaml`. No refusal repeats a value: it may be a secret. */

/** Ids that Weft gives to sources of its own. */
const TAKEN_IDS = new Set([SPANS_ID, "weft", "envoy", "envoy-routes", "envoy-listeners", "weft.yaml"]);

export const Text = z.string("must be text").min(1, "must not be empty");

const SourceId = Text.regex(/^[a-z0-9][a-z0-9._-]{0,59}$/i, "must be letters, digits, dots, dashes and underscores, at most 60").refine(
  (id) => !TAKEN_IDS.has(id),
  "is the name of a source of Weft's own",
);

/** An address without user, password, query and fragment. `instead` says where what follows `?` belongs. */
const httpUrl = (instead: string) =>
  Text.superRefine((text, context) => {
    const url = URL.parse(text);
    const refuse = (message: string): void => context.addIssue({ code: "custom", message });
    if (url === null || !["http:", "https:"].includes(url.protocol)) refuse("must be an address that begins with http:// or https://");
    else if (url.username !== "" || url.password !== "") refuse("must hold no user and no password; use auth");
    else if (url.search !== "" || url.hash !== "") refuse(`must end with its path; ${instead}`);
  });

export const HttpUrl = httpUrl("what follows ? or # is not used");
export const QueriedUrl = httpUrl("what follows ? belongs under query");

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m)$/;
const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000 };

/** A duration in words, as milliseconds. */
export const durationBetween = (leastMs: number, mostMs: number, range: string) =>
  z
    .string("must be a duration such as 10s")
    .regex(DURATION, "must be a duration such as 10s or 500ms")
    .transform((text) => {
      const [, number, unit] = DURATION.exec(text) ?? [];
      return Math.round(Number(number) * (UNIT_MS[unit ?? ""] ?? Number.NaN));
    })
    .refine((ms) => ms >= leastMs && ms <= mostMs, range);

const Timeout = durationBetween(100, 120_000, "must be between 100ms and 2m");

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\x20-\x7e\x80-\xff]*$/;

const Headers = z.record(
  z.string().regex(HEADER_NAME, "must be the name of a header"),
  z.string("must be text; put numbers into quotes").regex(HEADER_VALUE, "must be one line of text that a header may have"),
  "must be names with texts",
);

const Basic = z.strictObject(
  { username: Text.regex(/^[^:]+$/, "must hold no colon"), passwordFile: Text },
  { error: (issue) => (issue.code === "invalid_type" ? "must be username and passwordFile" : undefined) },
);

const Auth = z
  .strictObject(
    { bearerTokenFile: Text.optional(), basic: Basic.optional() },
    { error: (issue) => (issue.code === "invalid_type" ? "must be bearerTokenFile or basic, with what belongs to it" : undefined) },
  )
  .refine(
    ({ bearerTokenFile, basic }) => (bearerTokenFile === undefined) !== (basic === undefined),
    "must have either bearerTokenFile or basic",
  );

/** How a source is named, reached and asked. */
export const sourceFields = {
  id: SourceId,
  headers: Headers.optional(),
  tenant: Text.regex(/^[\x21-\x7e]+$/, "must be text that a header may have").optional(),
  auth: Auth.optional(),
  ca: Text.optional(),
  timeout: Timeout.optional(),
};

interface AskedSource {
  auth?: z.output<typeof Auth> | undefined;
  ca?: string | undefined;
  timeout?: number | undefined;
}

/** The same fields in the words of the options. `whole` makes a path whole. */
export function askedAs({ auth, ca, timeout }: AskedSource, whole: (file: string) => string) {
  return {
    timeoutMs: timeout ?? 10_000,
    ...(ca === undefined ? {} : { caFile: whole(ca) }),
    ...(auth?.bearerTokenFile === undefined ? {} : { auth: { bearerTokenFile: whole(auth.bearerTokenFile) } }),
    ...(auth?.basic === undefined
      ? {}
      : { auth: { basic: { username: auth.basic.username, passwordFile: whole(auth.basic.passwordFile) } } }),
  };
}

/** Names that `auth` and what stands in it may have, for mends. */
export const AUTH_NAMES = Object.keys(Auth.shape);
export const BASIC_NAMES = Object.keys(Basic.shape);
