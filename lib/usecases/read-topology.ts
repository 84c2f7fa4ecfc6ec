import type { Sourced } from "#lib/model/evidence.ts";
import type { Topology } from "#lib/model/topology.ts";

import type { CallContext } from "./context.ts";
import { failedEvidence, joinEvidence } from "./join-evidence.ts";

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
      whole = { ...whole, ...joinEvidence(whole, failedEvidence(source.id, answer.error)) };
      continue;
    }
    const { value } = answer.value;
    const known = new Set(whole.value.services.map(({ id }) => id));
    whole = {
      value: {
        services: [...whole.value.services, ...value.services.filter(({ id }) => !known.has(id))],
        proxies: [...whole.value.proxies, ...value.proxies],
        declared: [...whole.value.declared, ...value.declared],
      },
      ...joinEvidence(whole, answer.value),
    };
  }
  return whole;
}
