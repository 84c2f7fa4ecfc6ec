import type { Notice } from "#lib/model/evidence.ts";
import type { Proxy } from "#lib/model/topology.ts";
import { plainName } from "#collectors/shared/plain-name.ts";

import { NO_PROXY, type DirectoryReading } from "../directory.ts";
import { isHeard } from "./proxy-state.ts";
import type { Watched } from "./watched.ts";

/** What a reader of the topology must know: who is silent, and which callers cannot be told apart. */
export function topologyNotices(source: string, watched: readonly Watched[], proxies: readonly Proxy[]): Notice[] {
  return [
    ...silentProxies(source, proxies),
    ...refusedRoutes(source, proxies),
    ...sharedIdentities(source, watched),
    ...unmappable(source, watched),
  ];
}

/** What is wrong with the directory, as notices; `null` = it was not read yet. Empty when nothing is. */
export function directoryNotices(source: string, reading: DirectoryReading | null): Notice[] {
  if (reading === null)
    return [{ level: "info", code: "starting", text: "The directory of proxies has not been read yet.", source, mend: null }];
  const findings = reading.findings.length === 0 && reading.proxies.length === 0 ? [NO_PROXY] : reading.findings;
  return findings.map(({ text, mend }) => ({ level: "warning", code: "proxy-file", text, source, mend }));
}

/** Proxies that are not heard, one notice each. */
export function silentProxies(source: string, proxies: readonly Proxy[]): Notice[] {
  return proxies
    .filter((proxy) => !isHeard(proxy))
    .map((proxy) => ({
      level: "warning",
      code: "proxy-silent",
      text: `Proxy ${proxy.id} is ${proxy.state}: ${proxy.reason ?? "it gave no reason."}`,
      source,
      mend: "Start the proxy, or remove its file from the directory when it is gone for good.",
    }));
}

function refusedRoutes(source: string, proxies: readonly Proxy[]): Notice[] {
  return proxies
    .filter((proxy) => proxy.sync === "rejected")
    .map((proxy) => ({
      level: "error",
      code: "routes-refused",
      text: `Proxy ${proxy.id}: ${proxy.reason ?? "it refused its newest routes."}`,
      source,
      mend: "Put the last good route file back: a proxy that restarts on the refused one loses the routes it still has.",
    }));
}

/** Callers are known by their identity, and one identity does not say which of several versions called. */
function sharedIdentities(source: string, watched: readonly Watched[]): Notice[] {
  const owners = new Map<string, { nodes: Set<string>; versions: Set<string> }>();
  for (const { known } of watched) {
    if (known.identity === null) continue;
    for (const id of known.spiffeIds) {
      const owner = owners.get(id) ?? { nodes: new Set(), versions: new Set() };
      owner.nodes.add(known.identity.nodeId);
      if (known.identity.version !== null) owner.versions.add(known.identity.version);
      owners.set(id, owner);
    }
  }
  return [...owners].flatMap(([id, owner]): Notice[] => {
    const nodes = [...owner.nodes].toSorted();
    if (nodes.length > 1) return [sharedByServices(source, id, nodes)];
    return owner.versions.size > 1 ? [sharedByVersions(source, id, nodes[0] ?? "", [...owner.versions].toSorted())] : [];
  });
}

function sharedByVersions(source: string, id: string, node: string, versions: readonly string[]): Notice {
  return {
    level: "info",
    code: "source-version-unknown",
    text: `Versions ${list(versions)} of ${node} share the identity ${plainName(id)}, so it is not known which of them made a call.`,
    source,
    mend: "Give each version an identity of its own (a service account each) to tell their calls apart.",
  };
}

function sharedByServices(source: string, id: string, nodes: readonly string[]): Notice {
  return {
    level: "warning",
    code: "identity-shared",
    text: `The services ${list(nodes)} share the identity ${plainName(id)}, so their calls are shown under that identity.`,
    source,
    mend: "Give each service an identity of its own.",
  };
}

function unmappable(source: string, watched: readonly Watched[]): Notice[] {
  return watched
    .filter(({ known, observation }) => known.identity === null && observation.lastSeenMs !== null)
    .map(({ known }) => ({
      level: "warning",
      code: "proxy-unnamed",
      text: `Proxy ${known.id} answers, but nothing says which service it stands for, so its traffic is left out.`,
      source,
      mend: "Set node.metadata.weft to { namespace, service, version } in its bootstrap.",
    }));
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}
