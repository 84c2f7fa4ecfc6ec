import type { z } from "zod";

import { plainName } from "#collectors/shared/plain-name.ts";

import type { StringMatcher, TlsContext } from "../admin/wire-config.ts";

type CommonContext = z.infer<typeof TlsContext>["common_tls_context"];

/** More names than that are counted, not listed. */
const MAX_NAMES = 20;

/** The names that the other side's certificate must have one of, in words; empty = any that is trusted. */
export function acceptedNames(context: CommonContext | undefined): string[] {
  const contexts = [context?.validation_context, context?.combined_validation_context?.default_validation_context];
  return boundedNames(
    contexts.flatMap((one) => one?.match_typed_subject_alt_names.map((name) => matcherInWords(name.matcher ?? {})) ?? []),
  );
}

/** The first names, each safe to show, and how many more there are. */
export function boundedNames(names: readonly string[]): string[] {
  const shown = names.slice(0, MAX_NAMES).map((name) => plainName(name));
  return names.length > MAX_NAMES ? [...shown, `and ${names.length - MAX_NAMES} more`] : shown;
}

/** An exact text stands for itself. Not bounded and not made safe yet. */
export function matcherInWords(matcher: z.infer<typeof StringMatcher>): string {
  const { exact, prefix, suffix, contains, safe_regex: regex, ignore_case: ignoresCase } = matcher;
  const anyCase = ignoresCase === true ? " in any case" : "";
  if (exact !== undefined) return `${exact}${anyCase}`;
  if (prefix !== undefined) return `begins with ${prefix}${anyCase}`;
  if (suffix !== undefined) return `ends with ${suffix}${anyCase}`;
  if (contains !== undefined) return `contains ${contains}${anyCase}`;
  return regex === undefined ? "a matcher of another kind" : `matches ${regex.regex}`;
}
