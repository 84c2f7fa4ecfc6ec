import type { Sourced } from "#lib/model/evidence.ts";
import { weakerCoverage } from "#lib/model/evidence.ts";
import type { Topology } from "#lib/model/topology.ts";

import type { CallContext } from "./context.ts";

const NOTHING: Topology = { services: [], proxies: [], declared: [] };

/**
 * What every topology source knows, taken together. A service is as the first source tells that
 * knows it: an earlier one sees more. A source that fails costs its part and a notice, not the answer.
 */
export async function readTopology(context: CallContext): Promise<Sourced<Topology>> {
  const answers = await Promise.all(
    context.sources.topology.map(async (source) => ({ source, answer: await source.topology(context.signal) })),
  );
  let whole: Sourced<Topology> = { value: NOTHING, provenance: [], notices: [], coverage: "complete" };
  for (const { source, answer } of answers) {
    if (!answer.ok) {
      whole = {
        ...whole,
        coverage: weakerCoverage(whole.coverage, "partial"),
        notices: [
          ...whole.notices,
          { level: "error", code: answer.error.code, text: answer.error.message, source: source.id, mend: answer.error.mend },
        ],
      };
      continue;
    }
    const { value, provenance, notices, coverage } = answer.value;
    const known = new Set(whole.value.services.map(({ id }) => id));
    whole = {
      value: {
        services: [...whole.value.services, ...value.services.filter(({ id }) => !known.has(id))],
        proxies: [...whole.value.proxies, ...value.proxies],
        declared: [...whole.value.declared, ...value.declared],
      },
      provenance: [...whole.provenance, ...provenance],
      notices: [...whole.notices, ...notices],
      coverage: weakerCoverage(whole.coverage, coverage),
    };
  }
  return whole;
}
