import type { Listener } from "../admin/wire-config.ts";
import type { DryRun } from "../files/dry-run.ts";

const MAX_DEPTH = 100;

/** A bootstrap that holds the candidate as a static listener, with a cluster for every name that it mentions. */
export function bootstrapOf(candidate: Listener): object {
  const { "@type": _type, ...listener } = candidate;
  const names = [...mentioned(listener)].toSorted();
  return {
    node: { id: "weft-dry-run", cluster: "weft" },
    static_resources: {
      listeners: [listener],
      clusters: names.map((name) => ({ name, type: "STATIC", connect_timeout: "1s" })),
    },
  };
}

/** Names of upstreams that stand anywhere in it: of routes, splits, mirrors, loggers and tracers. */
function mentioned(value: unknown, found: Set<string> = new Set(), depth = 0): Set<string> {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return found;
  for (const [key, inner] of Object.entries(value)) {
    if ((key === "cluster" || key === "cluster_name") && typeof inner === "string" && inner !== "") found.add(inner);
    if (key === "clusters" && Array.isArray(inner)) {
      for (const leg of inner) {
        const name: unknown = typeof leg === "object" && leg !== null ? Reflect.get(leg, "name") : null;
        if (typeof name === "string" && name !== "") found.add(name);
      }
    }
    mentioned(inner, found, depth + 1);
  }
  return found;
}

/** Envoy opens the files that a listener names while it reads it; they need be there for the proxies only, not for Weft. */
const MISSING_FILE = /must refer to an existing path|unable to read file|Invalid path|file .* does not exist|No such file/i;

/** A refusal that is about this machine rather than about the candidate is no answer. */
export function aboutCandidate(run: DryRun): DryRun {
  if (run.outcome !== "refused" || !MISSING_FILE.test(run.text)) return run;
  return { outcome: "unknown", reason: `it needs a file that is not there for Weft (${run.text})` };
}
