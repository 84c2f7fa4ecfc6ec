import { z } from "zod";

import { plainName } from "#collectors/shared/plain-name.ts";

import { StringMatcher } from "../admin/wire-config.ts";
import { matcherInWords } from "./subject-names.ts";

/** A principal or a permission, in the form that both have in common. */
export type Rule =
  | { is: "any" }
  | { is: "not"; rule: Rule }
  | { is: "all" | "one"; rules: readonly Rule[] }
  | {
      is: "fact";
      subject: string;
      /** Whether the value stands for itself, or is a phrase about it. */
      relation: "is" | "phrase";
      value: string;
      /** Whether the subject has one exact value, so that it cannot have another one as well. */
      isSingle: boolean;
    };

const Matcher = StringMatcher.default({});
const Range = z.looseObject({ address_prefix: z.string().default(""), prefix_len: z.unknown().optional() });
const Header = z.looseObject({
  name: z.string().default(""),
  string_match: StringMatcher.optional(),
  exact_match: z.string().optional(),
  prefix_match: z.string().optional(),
  present_match: z.boolean().optional(),
  invert_match: z.boolean().default(false),
});

/** The rules of Envoy's `Permission` and `Principal` that are put into words. Exactly one of these is there. */
const Wire = z.looseObject({
  any: z.boolean().optional(),
  and_rules: z.looseObject({ rules: z.array(z.unknown()).default([]) }).optional(),
  or_rules: z.looseObject({ rules: z.array(z.unknown()).default([]) }).optional(),
  not_rule: z.unknown().optional(),
  and_ids: z.looseObject({ ids: z.array(z.unknown()).default([]) }).optional(),
  or_ids: z.looseObject({ ids: z.array(z.unknown()).default([]) }).optional(),
  not_id: z.unknown().optional(),
  authenticated: z.looseObject({ principal_name: StringMatcher.optional() }).optional(),
  header: Header.optional(),
  url_path: z.looseObject({ path: Matcher }).optional(),
  destination_port: z.number().optional(),
  destination_ip: Range.optional(),
  source_ip: Range.optional(),
  direct_remote_ip: Range.optional(),
  remote_ip: Range.optional(),
  requested_server_name: StringMatcher.optional(),
});
type Wire = z.infer<typeof Wire>;

/** Deeper nesting is somebody's experiment. */
const MAX_DEPTH = 8;

/** Reads a principal or a permission. What is not understood becomes a fact that names its kind; never throws. */
export function readRule(json: unknown, depth = 0): Rule {
  const parsed = Wire.safeParse(json);
  if (!parsed.success || depth > MAX_DEPTH) return phrase("a condition", "that Weft cannot read");
  const rule = parsed.data;
  const all = rule.and_rules?.rules ?? rule.and_ids?.ids;
  if (all !== undefined) return { is: "all", rules: all.map((inner) => readRule(inner, depth + 1)) };
  const one = rule.or_rules?.rules ?? rule.or_ids?.ids;
  if (one !== undefined) return { is: "one", rules: one.map((inner) => readRule(inner, depth + 1)) };
  const not = rule.not_rule ?? rule.not_id;
  if (not !== undefined) return { is: "not", rule: readRule(not, depth + 1) };
  return rule.any === true ? { is: "any" } : readFact(rule);
}

const ADDRESSES = {
  destination_ip: "the destination address",
  source_ip: "the peer's address",
  direct_remote_ip: "the peer's address",
  remote_ip: "the caller's address",
} as const;

function readFact(rule: Wire): Rule {
  if (rule.authenticated !== undefined) {
    const name = rule.authenticated.principal_name;
    // A certificate may carry several names, so two exact ones do not exclude each other.
    return name === undefined ? phrase("any caller", "with a certificate") : matched("the caller's name", name, false);
  }
  if (rule.header !== undefined) return readHeader(rule.header);
  if (rule.url_path !== undefined) return matched("the path", rule.url_path.path, true);
  if (rule.destination_port !== undefined) return exact("the port", String(rule.destination_port));
  if (rule.requested_server_name !== undefined) return matched("the requested server name", rule.requested_server_name, true);
  for (const [field, subject] of Object.entries(ADDRESSES)) {
    const range = rule[field];
    const parsed = Range.safeParse(range);
    if (range !== undefined && parsed.success) {
      const length = typeof parsed.data.prefix_len === "number" ? parsed.data.prefix_len : 0;
      return { is: "fact", subject, relation: "phrase", value: `in ${parsed.data.address_prefix}/${length}`, isSingle: false };
    }
  }
  const [kind = "nothing"] = Object.keys(rule);
  return phrase("a condition on", kind.replaceAll("_", " "));
}

function readHeader(header: z.infer<typeof Header>): Rule {
  const subject =
    header.name === ":method" ? "the method" : header.name === ":path" ? "the path with its query" : `header ${plainName(header.name)}`;
  const text = header.string_match ?? (header.exact_match !== undefined ? { exact: header.exact_match } : undefined);
  const fact =
    text !== undefined
      ? matched(subject, text, true)
      : header.prefix_match !== undefined
        ? matched(subject, { prefix: header.prefix_match }, true)
        : phrase(
            subject,
            header.present_match === false ? "is absent" : header.present_match === true ? "is present" : "is of a certain form",
          );
  return header.invert_match ? { is: "not", rule: fact } : fact;
}

function matched(subject: string, matcher: z.infer<typeof StringMatcher>, isOneValued: boolean): Rule {
  const isExact = matcher.exact !== undefined && matcher.ignore_case !== true;
  return {
    is: "fact",
    subject,
    relation: matcher.exact === undefined ? "phrase" : "is",
    value: matcherInWords(matcher),
    isSingle: isExact && isOneValued,
  };
}

function exact(subject: string, value: string): Rule {
  return { is: "fact", subject, relation: "is", value, isSingle: true };
}

function phrase(subject: string, value: string): Rule {
  return { is: "fact", subject, relation: "phrase", value, isSingle: false };
}
