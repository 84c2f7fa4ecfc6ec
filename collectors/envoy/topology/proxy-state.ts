import type { Proxy } from "#lib/model/topology.ts";
import { plainName } from "#collectors/shared/plain-name.ts";

import type { KnownProxy } from "../identity/known-proxy.ts";
import type { Observation } from "../polling/proxy-watch.ts";

/** A proxy is stale when it was silent for that many intervals. */
const STALE_INTERVALS = 3;

interface Moment {
  nowMs: number;
  intervalMs: number;
}

/** A proxy as it stands at a moment. */
export function proxyOf(known: KnownProxy, observation: Observation, moment: Moment): Proxy {
  const { identity } = known;
  const standing = stateOf(observation, moment);
  return {
    id: known.id,
    nodeId: identity?.nodeId ?? `unknown/${known.id}`,
    namespace: identity?.namespace ?? null,
    service: identity?.service ?? known.id,
    version: identity?.version ?? null,
    ...standing,
    sync: standing.state === "live" || standing.state === "draining" ? syncOf(known, observation) : "unknown",
    software: softwareOf(observation),
    lastSeen: observation.lastSeenMs === null ? null : new Date(observation.lastSeenMs).toISOString(),
    reason: standing.reason ?? rejectionReason(observation),
    gaps: [...(known.config?.gaps ?? []), ...identityGaps(known)],
    uptimeSeconds: observation.life?.uptimeSeconds ?? null,
    answeredInMs: observation.answeredInMs === null ? null : Math.round(observation.answeredInMs * 10) / 10,
  };
}

/** Whether the proxy answers these days, whatever it says. */
export function isHeard({ state }: Pick<Proxy, "state">): boolean {
  return state === "live" || state === "draining" || state === "initializing";
}

/** A proxy whose routes all stand in its listeners has nothing to fall out of step with. */
function syncOf({ config }: KnownProxy, { sync }: Observation): Proxy["sync"] {
  return config !== null && !config.subscribesRoutes ? "synced" : sync;
}

/** Envoy's `server.state`, in order of its numbers. */
const SERVER_STATES = ["LIVE", "DRAINING", "PRE_INITIALIZING", "INITIALIZING"] as const;

function stateOf({ failure, lastSeenMs, life, serverState }: Observation, { nowMs, intervalMs }: Moment): Pick<Proxy, "state" | "reason"> {
  if (failure !== null) {
    const isSilent = failure.code === "TIMEOUT" || failure.code === "SOURCE_UNREACHABLE";
    return { state: isSilent ? "unreachable" : "malformed", reason: failure.message };
  }
  if (lastSeenMs === null) return { state: "unreachable", reason: "It has not answered yet." };
  const silentMs = nowMs - lastSeenMs;
  if (silentMs > STALE_INTERVALS * intervalMs) {
    return {
      state: "stale",
      reason: `It last answered ${Math.round(silentMs / 1000)} s ago, which is more than ${STALE_INTERVALS} intervals.`,
    };
  }
  const told = serverState === null ? life?.info.state : SERVER_STATES[serverState];
  if (told === "DRAINING") return { state: "draining", reason: "It is draining: it ends the connections it has and takes no new ones." };
  if (told === "LIVE") return { state: "live", reason: null };
  return { state: "initializing", reason: "It is starting and waits for its configuration." };
}

function rejectionReason({ rejectedRoutes }: Observation): string | null {
  const [first] = rejectedRoutes;
  if (first === undefined) return null;
  const which = rejectedRoutes.map((name) => plainName(name)).join(", ");
  return `It refused the newest routes of ${which} and keeps the ones it had; the reason stands in its log.`;
}

/** `1.40.0` out of `<commit>/1.40.0/Clean/RELEASE/BoringSSL`. */
function softwareOf({ life }: Observation): string | null {
  if (life === null) return null;
  const release = /^[0-9a-f]+\/([^/]+)\//.exec(life.info.version)?.[1] ?? life.info.version;
  return `Envoy ${plainName(release)}`;
}

function identityGaps({ identity, id }: KnownProxy): Proxy["gaps"] {
  if (identity === null || identity.version !== null) return [];
  return [
    {
      missing: `The version of ${identity.service} that ${id} runs is not known.`,
      setting: `node.metadata: { weft: { namespace, service, version } }`,
    },
  ];
}
