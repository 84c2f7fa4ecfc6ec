import type { Sourced } from "#lib/model/evidence.ts";
import { weakerCoverage } from "#lib/model/evidence.ts";
import type { Route } from "#lib/model/routing.ts";

import type { CallContext } from "./context.ts";

/** Every route of every target. A target that fails costs its part and a notice, not the answer. */
export async function listRoutes(context: CallContext): Promise<Sourced<Route[]>> {
  let all: Sourced<Route[]> = { value: [], provenance: [], notices: [], coverage: "complete" };
  for (const target of context.sources.routing) {
    const answer = await target.routes(context.signal);
    if (!answer.ok) {
      const { code, message, mend } = answer.error;
      all = { ...all, coverage: "partial", notices: [...all.notices, { level: "error", code, text: message, source: target.id, mend }] };
      continue;
    }
    all = {
      value: [...all.value, ...answer.value.value],
      provenance: [...all.provenance, ...answer.value.provenance],
      notices: [...all.notices, ...answer.value.notices],
      coverage: weakerCoverage(all.coverage, answer.value.coverage),
    };
  }
  if (context.sources.routing.length === 0) {
    all.notices.push({
      level: "info",
      code: "no-routing-target",
      text: "No place to read routes from is configured",
      source: null,
      mend: "Start Weft with a directory of routes: ./weft up --routes DIR",
    });
  }
  return all;
}
