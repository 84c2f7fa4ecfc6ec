import fc from "fast-check";

import type { Matcher, PromExpression } from "../expression.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";

function oneLetter(letters: string): fc.Arbitrary<string> {
  return fc.constantFrom(...letters.split(""));
}

function name(first: string, rest: string): fc.Arbitrary<string> {
  return fc.tuple(oneLetter(first), fc.array(oneLetter(rest), { maxLength: 12 })).map(([head, tail]) => head + tail.join(""));
}

/** Names that a parser may take for a word of its language are among them. */
export const metricName = fc.oneof(
  { arbitrary: name(`${LETTERS}:`, `${LETTERS}0123456789:`), weight: 4 },
  {
    arbitrary: fc.constantFrom("sum", "by", "offset", "inf", "NaN", "bool", "and", "on", "start", "le", "limit", "time", "Rate"),
    weight: 1,
  },
);
export const labelName = fc.oneof(
  { arbitrary: name(LETTERS, `${LETTERS}0123456789`).filter((label) => label !== "__name__"), weight: 4 },
  { arbitrary: fc.constantFrom("by", "le", "offset", "sum", "job"), weight: 1 },
);
/** Any text of whole characters, with those that end a text or a selector in most languages among them. */
export const labelValue = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc
    .array(fc.constantFrom('"', "\\", "\n", "\r", "`", "{", "}", "\u0000", "\uFFFD", "\u2028", "é", "🧵", "a", "',", "}) or up"), {
      maxLength: 20,
    })
    .map((parts) => parts.join("")),
);

const matcher: fc.Arbitrary<Matcher> = fc.record({ label: labelName, op: fc.constantFrom("=" as const, "!=" as const), value: labelValue });
const duration = fc.integer({ min: 1, max: 40 * 86_400_000 });

function selector(isRange: boolean): fc.Arbitrary<PromExpression> {
  const kind = fc.constant("selector" as const);
  return fc
    .record({
      kind,
      metric: metricName,
      matchers: fc.array(matcher, { maxLength: 4 }),
      rangeMs: duration,
      offsetMs: fc.option(fc.integer({ min: -86_400_000, max: 86_400_000 }), { nil: undefined }),
    })
    .map(({ rangeMs, offsetMs, ...rest }) => ({
      ...rest,
      ...(isRange ? { rangeMs } : {}),
      ...(offsetMs === undefined ? {} : { offsetMs }),
    }));
}

const counted: fc.Arbitrary<PromExpression> = fc
  .tuple(fc.constantFrom("rate" as const, "increase" as const, "last_over_time" as const), selector(true))
  .map(([name, of]) => ({ kind: "call", name, args: [of] }));

/** Expressions whose types fit: everything that Weft's own code may build. */
export const promExpression: fc.Arbitrary<PromExpression> = fc.letrec<{ vector: PromExpression }>((tie) => ({
  vector: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    selector(false),
    counted,
    fc
      .tuple(fc.constantFrom("timestamp" as const, "histogram_count" as const, "histogram_sum" as const), tie("vector"))
      .map(([name, of]): PromExpression => ({ kind: "call", name, args: [of] })),
    fc
      .tuple(fc.double({ noNaN: false }), tie("vector"))
      .map(([value, of]): PromExpression => ({ kind: "call", name: "histogram_quantile", args: [{ kind: "number", value }, of] })),
    fc
      .tuple(
        fc.constantFrom("sum" as const, "count" as const, "max" as const, "min" as const, "group" as const),
        fc.array(labelName, { maxLength: 3 }),
        tie("vector"),
      )
      .map(([op, by, of]): PromExpression => ({ kind: "aggregate", op, by, of })),
  ),
})).vector;
