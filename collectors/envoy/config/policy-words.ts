import { plainName } from "#collectors/shared/plain-name.ts";

import { maskSecrets } from "../detail/masking.ts";
import { readRule, type Rule } from "./policy-rules.ts";

/** A list of rules of which one must hold, in words, and why none ever can (`null` = one can). */
export interface RuleWords {
  words: string;
  never: string | null;
}

const MAX_RULES = 12;
const MAX_WORDS = 300;

/** Whom a policy is about. */
export function principalsInWords(principals: readonly object[]): RuleWords {
  return inWords(principals, { all: "anyone", list: "It names no principal.", never: "Its principals can never hold" });
}

/** What a policy is about. */
export function permissionsInWords(permissions: readonly object[]): RuleWords {
  return inWords(permissions, { all: "anything", list: "It names no permission.", never: "Its permissions can never hold" });
}

interface Wording {
  all: string;
  list: string;
  never: string;
}

function inWords(rules: readonly object[], wording: Wording): RuleWords {
  if (rules.length === 0) return { words: "nothing", never: wording.list };
  // A rule may compare a header with a token: it is masked before anything is said of it.
  const read = rules.map((rule) => readRule(maskSecrets(rule)));
  const reasons = read.map(neverReason);
  const [first] = reasons;
  const isNever = first !== undefined && first !== null && reasons.every((reason) => reason !== null);
  const shown = read.slice(0, MAX_RULES).map((rule) => ruleWords(rule, wording.all));
  const rest = read.length > MAX_RULES ? [`and ${read.length - MAX_RULES} more`] : [];
  return { words: bounded([...shown, ...rest].join(", or ")), never: isNever ? bounded(`${wording.never}: ${first}.`) : null };
}

function bounded(words: string): string {
  return words.length <= MAX_WORDS ? words : `${words.slice(0, MAX_WORDS)}…`;
}

function ruleWords(rule: Rule, all: string): string {
  if (rule.is === "any") return all;
  if (rule.is === "not") return rule.rule.is === "any" ? "nobody and nothing" : `not (${ruleWords(rule.rule, all)})`;
  if (rule.is === "fact") return `${rule.subject} ${rule.relation === "is" ? "is " : ""}${plainName(rule.value)}`;
  const words = rule.rules.map((inner) => ruleWords(inner, all));
  return words.length === 1 ? words.join("") : `(${words.join(rule.is === "all" ? " and " : " or ")})`;
}

/** Why a rule can never hold; `null` when it can, or when nobody can say. */
function neverReason(rule: Rule): string | null {
  if (rule.is === "not") return rule.rule.is === "any" ? "it excludes everything" : null;
  if (rule.is === "one") {
    const reasons = rule.rules.map(neverReason);
    return reasons.every((reason) => reason !== null) ? (reasons[0] ?? "it offers no alternative") : null;
  }
  if (rule.is !== "all") return null;
  const parts = flattened(rule);
  return parts.map(neverReason).find((reason) => reason !== null) ?? contradiction(parts);
}

function flattened(rule: Rule): Rule[] {
  return rule.is === "all" ? rule.rules.flatMap(flattened) : [rule];
}

function contradiction(parts: readonly Rule[]): string | null {
  const facts = parts.flatMap((part) => (part.is === "fact" ? [part] : []));
  for (const fact of facts) {
    const other = facts.find((one) => one.isSingle && fact.isSingle && one.subject === fact.subject && one.value !== fact.value);
    if (other !== undefined) return `${fact.subject} cannot be ${plainName(fact.value)} and ${plainName(other.value)} at once`;
  }
  const texts = new Set(parts.map((part) => JSON.stringify(part)));
  const excluded = parts.find((part) => part.is === "not" && texts.has(JSON.stringify(part.rule)));
  return excluded === undefined ? null : `it demands and excludes the same: ${ruleWords(excluded, "anything")}`;
}
