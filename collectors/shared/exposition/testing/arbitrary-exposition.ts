import * as fc from "fast-check";

export function escapeLabel(value: string): string {
  return value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
}

const labelValue = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.string({ unit: fc.constantFrom("a", "B", "7", "{", "}", '"', "\\", "\n", " ", ",", "=", "#", "é", "日", "😀") }),
  },
  { weight: 3, arbitrary: fc.constantFrom("outbound|9080|v1|reviews.shop.svc", "spiffe://m/ns/shop/sa/web", "", "200") },
  { weight: 1, arbitrary: fc.constantFrom("x", '"', "\\", "é").map((character) => character.repeat(10_000)) },
);

/** Few names, so that the same series turn up again. */
export const series = fc
  .tuple(
    fc.constantFrom("up", "envoy_cluster_upstream_rq", "a:b", "http_seconds_bucket"),
    fc.dictionary(fc.constantFrom("a", "le", "envoy_cluster_name", "_x"), labelValue, { maxKeys: 3 }),
    fc.constantFrom("", ",", " "),
    fc.constantFrom("", " "),
  )
  .map(([name, labels, end, gap]) => {
    const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escapeLabel(value)}"`);
    return pairs.length === 0 ? `${name}${end === "," ? "{}" : ""}` : `${name}${gap}{${pairs.join(`,${gap}`)}${end}}`;
  });

export const value = fc.oneof(
  { weight: 4, arbitrary: fc.nat(20).map(String) },
  { weight: 2, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 10n ** 25n }).map(String) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => `${a}.${b}`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom("NaN", "+Inf", "-Inf", "Inf", "nan", "0", "-0", ".5", "5.", "+1", "1e3", "1E-3", "007", "1e999"),
  },
);

const time = fc.constantFrom("", "", "", " 1700000000000", " 1700000000.123", "\t-5");
const exemplar = fc.constantFrom("", "", "", ' # {trace_id="abc"} 0.5', ' # {trace_id="}",span="\\"{"} 1 1700000000.5', " # {} 1");
const ending = fc.constantFrom("", "", "", "\r", "  ", "\t");
const blank = fc.constantFrom(" ", " ", " ", "  ", "\t");

export const sampleLine = fc.tuple(series, blank, value, time, exemplar, ending).map((parts) => parts.join(""));

const comment = fc.constantFrom("# TYPE up counter", "# TYPE up gauge", '# HELP up a{b="c"} 3', "#", "", "   ", "\r", "# EOF", "  # unit");
const broken = fc.constantFrom(
  "<html>",
  "{",
  "up",
  "up{",
  'up{a="',
  'up{a="1"}',
  "up{} one",
  "up 0x10",
  "1 1 1 1",
  'up{a="1}',
  "up 1 2 3",
  "up 1 # {",
  'up{a="\\',
  "9a 1",
  "up{a=1} 2",
  'up{a="1"}2',
);

export const line = fc.oneof({ weight: 12, arbitrary: sampleLine }, { weight: 3, arbitrary: comment }, { weight: 1, arbitrary: broken });

/** An exposition whose last line may lack its end. */
export const exposition = fc
  .tuple(fc.array(line, { maxLength: 25 }), fc.boolean())
  .map(([lines, isEnded]) => lines.join("\n") + (isEnded ? "\n" : ""));

type Edit = { kind: "insert" | "replace" | "value"; at: number; line: string } | { kind: "remove"; at: number; count: number };

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constantFrom("insert" as const, "replace" as const), at: fc.nat(40), line }),
  fc.record({ kind: fc.constant("value" as const), at: fc.nat(40), line: value }),
  fc.record({ kind: fc.constant("remove" as const), at: fc.nat(40), count: fc.nat(6) }),
);

function applyEdit(lines: string[], one: Edit): string[] {
  if (one.kind === "insert") return lines.toSpliced(one.at, 0, one.line);
  if (one.kind === "replace") return lines.toSpliced(one.at, 1, one.line);
  if (one.kind === "remove") return lines.toSpliced(one.at, one.count);
  const place = one.at % Math.max(1, lines.length);
  return lines.map((line, at) => (at === place ? line.slice(0, line.lastIndexOf(" ") + 1) + one.line : line));
}

/** Expositions of one process, one after the other: mostly the same lines, some of them changed, added, taken away, or moved. */
export const expositions = fc
  .tuple(
    fc.array(line, { maxLength: 40 }),
    fc.array(fc.tuple(fc.array(edit, { maxLength: 5 }), fc.boolean(), fc.boolean()), { maxLength: 6 }),
  )
  .map(([first, rounds]) => {
    const texts = [first.join("\n")];
    let lines = first;
    for (const [edits, isEnded, isTurned] of rounds) {
      lines = edits.reduce(applyEdit, isTurned ? lines.slice(lines.length / 2).concat(lines.slice(0, lines.length / 2)) : lines);
      texts.push(lines.join("\n") + (isEnded ? "\n" : ""));
    }
    return texts;
  });

const manyLabels = Array.from({ length: 24 }, (_, index) => `label_${index}`);

/** As histograms stand in an exposition: lines with many labels, which share all of them but the bound, or all but a few. */
export const histograms = fc
  .array(
    fc.record({
      name: fc.constantFrom("http_seconds", "rpc_seconds"),
      labels: fc.subarray(manyLabels, { minLength: 1 }),
      values: fc.array(fc.oneof(fc.constantFrom("v1", "v2", "service-1"), labelValue), { minLength: 1, maxLength: 5 }),
      bounds: fc.subarray(["0.5", "1", "5", "+Inf"]),
      isRepeated: fc.boolean(),
    }),
    { maxLength: 8 },
  )
  .map((all) =>
    all.flatMap(({ name, labels, values, bounds, isRepeated }) => {
      const pairs = labels.map((label, at) => `${label}="${escapeLabel(values[at % values.length] ?? "")}"`).join(",");
      const lines = [
        ...bounds.map((bound, at) => `${name}_bucket{${pairs},le="${bound}"} ${at}`),
        `${name}_sum{${pairs}} 1.5`,
        `${name}_count{${pairs}} 7`,
      ];
      // The same label twice in a series: its last value counts.
      return isRepeated ? [...lines, `${name}_count{${pairs},${labels[0] ?? ""}="again"} 1`, ...lines] : lines;
    }),
  );
