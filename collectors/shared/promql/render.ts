import { WeftError } from "#lib/model/errors.ts";

import type { Matcher, PromExpression } from "./expression.ts";

/** Labels with the values that every selector must have: the part of a store that may be asked for. */
export type QueryScope = Readonly<Record<string, string>>;

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Words of PromQL (and of MetricsQL, which adds some) that a parser takes for something else where a metric of that name is
 * meant. Such a metric is named by a matcher, which is always read as a text.
 */
const WORDS = new Set(
  (
    "and or unless by without on ignoring group_left group_right bool offset start end inf nan atan2 " +
    "sum count avg min max group stddev stdvar topk bottomk count_values quantile limitk limit_ratio " +
    "default if ifnot keep_metric_names limit with union"
  ).split(" "),
);

/**
 * The text of an expression. Every name is checked and every value escaped here and nowhere else; `scope` is put into each
 * selector. Throws INVALID, naming what is wrong, for what PromQL cannot say.
 */
export function renderPromql(expression: PromExpression, scope: QueryScope = {}): string {
  switch (expression.kind) {
    case "number":
      return renderNumber(expression.value);
    case "call":
      return `${expression.name}(${expression.args.map((one) => renderPromql(one, scope)).join(", ")})`;
    case "aggregate": {
      const by = expression.by.map((label) => labelName(label)).join(", ");
      return `${expression.op}${by === "" ? "" : ` by (${by}) `}(${renderPromql(expression.of, scope)})`;
    }
    case "selector":
      break;
  }
  return renderSelector(expression, scope);
}

function renderSelector(selector: Extract<PromExpression, { kind: "selector" }>, scope: QueryScope): string {
  const { metric, rangeMs, offsetMs } = selector;
  if (!METRIC_NAME.test(metric)) throw invalid("metric", `${JSON.stringify(metric)} is not a name of a metric.`);
  const isWord = WORDS.has(metric.toLowerCase());
  const scoped = Object.entries(scope).map(([label, value]): Matcher => ({ label, op: "=", value }));
  const all = [...selector.matchers, ...scoped].map(renderMatcher);
  if (isWord) all.unshift(`__name__=${quote(metric)}`);
  const matchers = all.length === 0 ? "" : `{${all.join(",")}}`;
  const range = rangeMs === undefined ? "" : `[${renderDuration(rangeMs, "range")}]`;
  return `${isWord ? "" : metric}${matchers}${range}${offsetMs === undefined ? "" : renderOffset(offsetMs)}`;
}

function renderMatcher({ label, op, value }: Matcher): string {
  return `${labelName(label)}${op}${quote(value)}`;
}

function labelName(name: string): string {
  if (!LABEL_NAME.test(name)) throw invalid("label", `${JSON.stringify(name)} is not a name of a label.`);
  // The name of the metric is the selector's own; a second one would be refused, or ask for another metric.
  if (name === "__name__") throw invalid("label", "A selector names its metric by itself.");
  return name;
}

/**
 * A text in double quotes, by Go's rules, which PromQL follows. U+FFFD is spelled out: Prometheus' lexer takes the character
 * itself for a broken byte. So is what a log or a page would not show.
 */
function quote(value: string): string {
  if (!value.isWellFormed()) throw invalid("value", "A label's value holds half a character.");
  return `"${value.replace(/[\\"\p{Cc}\u2028\u2029\uFFFD]/gu, escapeCharacter)}"`;
}

function escapeCharacter(character: string): string {
  if (character === "\\" || character === '"') return `\\${character}`;
  if (character === "\n") return "\\n";
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
}

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** Exact: the largest unit that divides it. */
function renderDuration(ms: number, field: string): string {
  if (!Number.isSafeInteger(ms) || ms <= 0) throw invalid(field, `${ms} ms is no length of time: it must be a whole number above 0.`);
  const [unit, size] = UNITS.find(([, size]) => ms % size === 0) ?? ["ms", 1];
  return `${ms / size}${unit}`;
}

function renderOffset(offsetMs: number): string {
  if (offsetMs === 0) return "";
  return ` offset ${offsetMs < 0 ? "-" : ""}${renderDuration(Math.abs(offsetMs), "offset")}`;
}

function renderNumber(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}

function invalid(field: string, message: string): WeftError {
  return new WeftError("INVALID", message, { field });
}
