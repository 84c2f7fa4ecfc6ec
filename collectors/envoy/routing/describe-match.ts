import { plainName } from "#collectors/shared/plain-name.ts";

type Fields = Readonly<Record<string, unknown>>;

const PATH_FIELDS: Readonly<Record<string, string>> = {
  path: "path is",
  prefix: "path starts with",
  path_separated_prefix: "path is or is under",
};

/** Which requests a route takes, in words; conditions that are not understood are named, never left out. */
export function describeMatch(match: Fields): string {
  const parts = Object.entries(match).flatMap(([field, value]) => describeField(field, value, match));
  const hasPath = parts.some((part) => part.isPath);
  const words = parts.map((part) => part.text).filter((text) => text !== "");
  if (words.length === 0) return "every path";
  return hasPath ? words.join(" and ") : ["every path", ...words].join(" and ");
}

interface Part {
  text: string;
  isPath: boolean;
}

function describeField(field: string, value: unknown, match: Fields): Part[] {
  const words = PATH_FIELDS[field];
  if (words !== undefined) {
    if (field === "prefix" && value === "/") return [];
    return [{ text: `${words} ${show(value)}${match["case_sensitive"] === false ? " in any case" : ""}`, isPath: true }];
  }
  switch (field) {
    case "safe_regex":
      return [{ text: `path matches ${show(asFields(value)["regex"])}`, isPath: true }];
    case "connect_matcher":
      return [{ text: "it is a CONNECT request", isPath: true }];
    case "case_sensitive":
      return [];
    case "headers":
      return asList(value).map((one) => ({ text: describeNamed("header", asFields(one)), isPath: false }));
    case "query_parameters":
      return asList(value).map((one) => ({ text: describeNamed("query parameter", asFields(one)), isPath: false }));
    case "grpc":
      return [{ text: "it is a gRPC call", isPath: false }];
    case "runtime_fraction":
      return [{ text: describeFraction(asFields(value)), isPath: false }];
    default:
      return [{ text: `a further condition (${plainName(field)}) holds`, isPath: false }];
  }
}

const STRING_MATCHES: Readonly<Record<string, string>> = {
  exact: "is",
  prefix: "starts with",
  suffix: "ends with",
  contains: "contains",
  exact_match: "is",
  prefix_match: "starts with",
  suffix_match: "ends with",
  contains_match: "contains",
};

function describeNamed(kind: string, field: Fields): string {
  const subject = `${kind} ${show(field["name"])}`;
  const not = field["invert_match"] === true ? "not " : "";
  const test: Fields = { ...field, ...asFields(field["string_match"]) };
  for (const [key, words] of Object.entries(STRING_MATCHES)) {
    if (key in test) return `${not}${subject} ${words} ${show(test[key])}`;
  }
  const regex = asFields(test["safe_regex"] ?? test["safe_regex_match"]);
  if ("regex" in regex) return `${not}${subject} matches ${show(regex["regex"])}`;
  if ("range_match" in test) return `${not}${subject} is in a range`;
  return test["present_match"] === false ? `${not}${subject} is absent` : `${not}${subject} is present`;
}

const DENOMINATORS: Readonly<Record<string, number>> = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 };

function describeFraction(fraction: Fields): string {
  const value = asFields(fraction["default_value"]);
  const unit = value["denominator"] ?? "HUNDRED";
  const denominator = typeof unit === "string" ? DENOMINATORS[unit] : undefined;
  const numerator = Number(value["numerator"] ?? 0);
  if (denominator === undefined || !Number.isFinite(numerator)) return "a share of the requests";
  return `${Number(((100 * numerator) / denominator).toPrecision(6))} % of the requests`;
}

function asFields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function show(value: unknown): string {
  return plainName(typeof value === "string" ? value : (JSON.stringify(value) ?? "?"));
}
