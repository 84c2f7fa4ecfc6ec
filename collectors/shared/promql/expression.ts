/** How a label must stand to a text. `=~` and `!~` are anchored RE2, as everywhere in PromQL. */
export interface Matcher {
  label: string;
  op: "=" | "!=" | "=~" | "!~";
  value: string;
}

/** A PromQL expression as a tree. Only `renderPromql` turns it into text, so that every name and value is escaped in one place. */
export type PromExpression =
  | { kind: "selector"; metric: string; matchers: readonly Matcher[]; rangeMs?: number; offsetMs?: number }
  | { kind: "call"; name: PromFunction; args: readonly PromExpression[] }
  | { kind: "aggregate"; op: "sum" | "count" | "max" | "min" | "group"; by: readonly string[]; of: PromExpression }
  | { kind: "number"; value: number };

export type PromFunction =
  | "rate"
  | "increase"
  | "histogram_quantile"
  | "histogram_count"
  | "histogram_sum"
  | "timestamp"
  | "last_over_time";

/** The matchers that match everything of one of these texts. Empty list = none of them can be there: it matches nothing. */
export function oneOf(label: string, values: readonly string[]): Matcher {
  const [first] = values;
  // Text before its beginning: a pattern that RE2 takes and nothing has. An empty one would match what lacks the label.
  if (first === undefined) return { label, op: "=~", value: ".^" };
  if (values.length === 1) return { label, op: "=", value: first };
  return { label, op: "=~", value: values.map(escapeRegex).join("|") };
}

/** A text as an RE2 that matches just that text. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}
