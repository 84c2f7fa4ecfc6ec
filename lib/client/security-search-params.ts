import { createParser, parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates, type inferParserType } from "nuqs";

import { WhatIfQuery } from "#lib/contract/requests.ts";
import type { WhatIfScope } from "#lib/model/security.ts";
import { ServerDemand } from "#lib/model/tls.ts";

import { printScope } from "./security-queries.ts";

export const SECURITY_VIEWS = ["edges", "workloads", "certificates", "authorization"] as const;
export type SecurityView = (typeof SECURITY_VIEWS)[number];

/**
 * What the edges can be narrowed to by what was seen. `plaintext` = any of it; `unknown` = calls came, nobody knows how; `silent` =
 * none came; `refused` = connections were refused.
 */
export const OBSERVED_FILTERS = ["plaintext", "mutual", "oneWay", "unknown", "silent", "refused"] as const;
export type ObservedFilter = (typeof OBSERVED_FILTERS)[number];

/** `border` = one end stands outside the mesh. */
export const PLACE_FILTERS = ["inside", "border"] as const;
export type PlaceFilter = (typeof PLACE_FILTERS)[number];

/** A scope as the API spells it; anything that the API would refuse counts as absent. */
export const parseAsScope = createParser<WhatIfScope>({
  parse: (text) => {
    const parsed = WhatIfQuery.safeParse({ scope: text });
    return parsed.success ? parsed.data.scope : null;
  },
  serialize: printScope,
  eq: (a, b) => printScope(a) === printScope(b),
});

/** Everything that the page shows, in the address. Free text, namespaces and window are the top bar's. */
export const securityParsers = {
  view: parseAsStringLiteral(SECURITY_VIEWS).withDefault("edges"),
  observed: parseAsStringLiteral(OBSERVED_FILTERS),
  /** What the callee demands. */
  declared: parseAsStringLiteral(ServerDemand.options),
  place: parseAsStringLiteral(PLACE_FILTERS),
  /** Only edges whose observed transport is not what the declarations lead to. */
  differs: parseAsBoolean.withDefault(false),
  /** Node id that workloads, certificates and policies are narrowed to. */
  about: parseAsString.withDefault(""),
  /** Id of the opened edge, workload or certificate. */
  sel: parseAsString,
  /** What enforcement is asked about; absent = what the page proposes. */
  scope: parseAsScope,
};

export type SecurityState = inferParserType<typeof securityParsers>;

/** A change of what is shown; `null` drops a field. */
export type SecurityChange = { [Key in keyof SecurityState]?: SecurityState[Key] | null };

/** The page's part of the address, and how to change it. Every change is a step of the back button. */
export function useSecurityParams(): [SecurityState, (change: SecurityChange) => void] {
  const [state, setState] = useQueryStates(securityParsers, { history: "push" });
  return [state, (change) => void setState(change)];
}

export const NO_EDGE_FILTERS = { observed: null, declared: null, place: null, differs: null } as const satisfies SecurityChange;

/** Another table: what narrowed or opened a row of the one before does not carry over; what is asked about does. */
export function showingView(view: SecurityView): SecurityChange {
  return { ...NO_EDGE_FILTERS, view, about: null, sel: null };
}

/** Whether anything of the page's own narrows the edges. */
export function hasEdgeFilters({ observed, declared, place, differs }: SecurityState): boolean {
  return observed !== null || declared !== null || place !== null || differs;
}
