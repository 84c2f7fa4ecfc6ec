import type { TrafficKey, TrafficSample } from "#lib/ports/series-store.ts";

import type { KnownProxy } from "../identity/known-proxy.ts";
import type { MeshView, Target } from "../identity/mesh-view.ts";
import type { Delta, Folded } from "../stats/counter-book.ts";
import type { CountedSeries } from "../stats/tracked-series.ts";
import { isError, isNeverArrived } from "./outcome.ts";
import type { ProtocolHints } from "./protocol-hints.ts";
import { createTrafficSheet, type TrafficLine, type TrafficSheet } from "./traffic-sheet.ts";

type Of<K extends CountedSeries["kind"]> = Extract<CountedSeries, { kind: K }>;

interface Mapping {
  proxy: KnownProxy;
  /** Node id of the proxy itself. */
  self: string;
  mesh: MeshView;
  hints: ProtocolHints;
  sheet: TrafficSheet;
  /** Upstreams to which the proxy counts connections over TLS. */
  overTls: ReadonlySet<string>;
  onArrival: (arrival: Arrival) => void;
}

/** Requests or connections and how they came, as the side says that counted them: what `transport` of the traffic sums up. */
export interface Arrival {
  source: string;
  target: string;
  protocol: TrafficKey["protocol"];
  transport: keyof TrafficLine["transport"];
  /** As the connection tells them; empty where it does not. */
  peer: string;
  address: string;
  tls: string;
  count: number;
}

/**
 * What one poll of one proxy adds to the mesh's traffic. One request is counted once: where the target has proxies of its
 * own that count, by them (first attempts), and by the caller's proxy when it never arrived; else by the caller's proxy
 * alone. Both ends write under one key, so that rows merge. Empty for a proxy of which nobody knows who it is.
 * `onArrival` is told of everything that `transport` counts, caller by caller.
 */
export function mapTraffic(
  proxy: KnownProxy,
  folded: Pick<Folded, "deltas" | "counted" | "read">,
  mesh: MeshView,
  hints: ProtocolHints,
  atMs: number,
  onArrival: (arrival: Arrival) => void = () => undefined,
): TrafficSample[] {
  if (proxy.identity === null) return [];
  const bounds = folded.counted.flatMap((series) => ("boundMs" in series ? [series.boundMs] : []));
  const overTls = new Set(folded.read.flatMap(({ series, value }) => (series.kind === "tls-version" && value > 0 ? [series.cluster] : [])));
  const mapping: Mapping = { proxy, self: proxy.identity.nodeId, mesh, hints, sheet: createTrafficSheet(bounds), overTls, onArrival };
  for (const { series, by } of folded.deltas) learn(mapping, series, by);
  for (const delta of folded.deltas) addDelta(mapping, delta);
  return mapping.sheet.samples(atMs);
}

/** Before anything is counted: what the series that already stand say about protocols. */
export function learnProtocols(proxy: KnownProxy, counted: readonly CountedSeries[], mesh: MeshView, hints: ProtocolHints): void {
  if (proxy.identity === null) return;
  const mapping = { proxy, self: proxy.identity.nodeId, mesh, hints };
  for (const series of counted) learn(mapping, series, 1);
}

function learn({ proxy, self, mesh, hints }: Pick<Mapping, "proxy" | "self" | "mesh" | "hints">, series: CountedSeries, by: number): void {
  if (series.kind === "inbound") hints.learn(mesh.caller(proxy, series), self, series, by);
  if (series.kind !== "outbound") return;
  const target = mesh.target(proxy, series.cluster);
  if (target !== null) hints.learn(self, target.nodeId, series, by);
}

function addDelta(mapping: Mapping, { series, by }: Delta): void {
  switch (series.kind) {
    case "inbound":
      return addInbound(mapping, series, by);
    case "inbound-duration":
      return addInboundDuration(mapping, series, by);
    case "outbound":
      return addOutbound(mapping, series, by);
    case "outbound-duration":
      return addOutboundDuration(mapping, series, by);
    case "inbound-connection":
      return addInboundConnection(mapping, series, by);
    case "outbound-connection":
      return addOutboundConnection(mapping, series, by);
    case "cluster-class":
      return addClusterClass(mapping, series, by);
    case "cluster-duration":
      return addClusterDuration(mapping, series, by);
  }
}

/** Who reports what arrives here: this proxy, unless its service does not count everything and the caller's proxy does. */
function isReportedHere({ self, mesh }: Mapping, caller: string, carries: "http" | "tcp"): boolean {
  return mesh.isReporting(self, carries) || !mesh.hasProxy(caller);
}

function arrivalKey({ proxy, self }: Mapping, source: string, protocol: TrafficKey["protocol"]): TrafficKey {
  return { source, target: self, protocol, version: proxy.identity?.version ?? null, reporter: "destination" };
}

function addInbound(mapping: Mapping, series: Of<"inbound">, by: number): void {
  const caller = mapping.mesh.caller(mapping.proxy, series);
  if (!isReportedHere(mapping, caller, "http")) return;
  const key = arrivalKey(mapping, caller, mapping.hints.protocolOf(caller, mapping.self, series));
  const line = mapping.sheet.line(key);
  if (series.attempt > 1) {
    line.retries += by;
    return;
  }
  line.count += by;
  if (isError(series)) line.errorCount += by;
  addTransport(mapping, key, line, series, by);
  // A caller with a proxy tells the flags of its requests itself.
  if (!mapping.mesh.hasProxy(caller)) addFlags(line, series.flags, by);
}

function addInboundDuration(mapping: Mapping, series: Of<"inbound-duration">, by: number): void {
  const caller = mapping.mesh.caller(mapping.proxy, series);
  if (series.attempt > 1 || !isReportedHere(mapping, caller, "http")) return;
  addDuration(mapping.sheet.line(arrivalKey(mapping, caller, mapping.hints.usual(caller, mapping.self))), series.boundMs, by);
}

function addInboundConnection(mapping: Mapping, series: Of<"inbound-connection">, by: number): void {
  const caller = mapping.mesh.caller(mapping.proxy, series);
  if (!isReportedHere(mapping, caller, "tcp")) return;
  const outcome = connectionOutcome(series, mapping.proxy.config?.countsOnConnect.inbound ?? true);
  if (outcome === null) return;
  const key = arrivalKey(mapping, caller, "tcp");
  const line = mapping.sheet.line(key);
  line.count += by;
  if (outcome === "failed") line.errorCount += by;
  addTransport(mapping, key, line, series, by);
  if (!mapping.mesh.hasProxy(caller)) addFlags(line, series.flags, by);
}

/** The key under which both ends of an edge write, from the caller's side. */
function departureKey({ self, mesh }: Mapping, target: Target, protocol: TrafficKey["protocol"]): TrafficKey {
  const reporter = mesh.isReporting(target.nodeId, protocol === "tcp" ? "tcp" : "http") ? "destination" : "source";
  return { source: self, target: target.nodeId, protocol, version: target.version, reporter };
}

function addOutbound(mapping: Mapping, series: Of<"outbound">, by: number): void {
  const { proxy, self, mesh, hints, sheet } = mapping;
  if (proxy.config?.unlogged.has(series.cluster) === true) return;
  // An upstream that does not exist has no name in the tag; the route still tells who was meant.
  const target = mesh.target(proxy, series.cluster) ?? (series.flags.includes("NC") ? mesh.routeTarget(proxy, series.route) : null);
  if (target === null) return;
  const key = departureKey(mapping, target, hints.protocolOf(self, target.nodeId, series));
  const isLost = isNeverArrived(series.flags);
  addDeparture(sheet.line(key), key.reporter, { isFailed: isError(series), isLost, flags: series.flags }, by);
  if (!isLost) addDepartureTransport(mapping, key, series.cluster, by);
}

/**
 * How requests left for a target that counts nothing itself. The caller's proxy knows whether it speaks TLS; where it has a
 * certificate to show, only the target would know whether it asked for it.
 */
function addDepartureTransport(mapping: Mapping, key: TrafficKey, cluster: string, by: number): void {
  if (key.reporter !== "source") return;
  const client = mapping.proxy.config?.clusters.get(cluster)?.client;
  const isOverTls = mapping.overTls.has(cluster);
  if (!(client === "oneWay" && isOverTls) && !(client === "plaintext" && !isOverTls)) return;
  mapping.sheet.line(key).transport[client] += by;
  const { source, target, protocol } = key;
  mapping.onArrival({ source, target, protocol, transport: client, peer: "", address: "", tls: "", count: by });
}

function addOutboundConnection(mapping: Mapping, series: Of<"outbound-connection">, by: number): void {
  const target = mapping.mesh.target(mapping.proxy, series.cluster);
  const outcome = connectionOutcome(series, mapping.proxy.config?.countsOnConnect.outbound ?? true);
  if (target === null || outcome === null) return;
  const key = departureKey(mapping, target, "tcp");
  const isFailed = outcome === "failed";
  addDeparture(
    mapping.sheet.line(key),
    key.reporter,
    { isFailed, isLost: isFailed && isNeverArrived(series.flags), flags: series.flags },
    by,
  );
  if (!isFailed) addDepartureTransport(mapping, key, series.cluster, by);
}

interface Departure {
  isFailed: boolean;
  isLost: boolean;
  flags: readonly string[];
}

function addDeparture(line: TrafficLine, reporter: TrafficKey["reporter"], { isFailed, isLost, flags }: Departure, by: number): void {
  line.callerCount += by;
  if (isFailed) line.callerErrorCount += by;
  addFlags(line, flags, by);
  if (isLost) line.neverArrived += by;
  if (isLost || reporter === "source") line.count += by;
  if (isLost || (reporter === "source" && isFailed)) line.errorCount += by;
}

function addOutboundDuration(mapping: Mapping, series: Of<"outbound-duration">, by: number): void {
  if (mapping.proxy.config?.unlogged.has(series.cluster) === true) return;
  addCallerDuration(mapping, series.cluster, series.boundMs, by);
}

/** Built-in statistics stand in for upstreams that a listener reaches without the recommended logger. */
function needsBuiltIn({ proxy }: Mapping, cluster: string): boolean {
  return proxy.config === null ? !proxy.seen.outboundHttp : proxy.config.unlogged.has(cluster);
}

function addClusterClass(mapping: Mapping, series: Of<"cluster-class">, by: number): void {
  if (!needsBuiltIn(mapping, series.cluster)) return;
  const target = mapping.mesh.target(mapping.proxy, series.cluster);
  if (target === null) return;
  const key = departureKey(mapping, target, mapping.hints.usual(mapping.self, target.nodeId));
  // Nothing here tells whether a 503 was the target's or meant that nobody was reached.
  addDeparture(mapping.sheet.line(key), key.reporter, { isFailed: series.codeClass === 5, isLost: false, flags: [] }, by);
}

function addClusterDuration(mapping: Mapping, series: Of<"cluster-duration">, by: number): void {
  if (needsBuiltIn(mapping, series.cluster)) addCallerDuration(mapping, series.cluster, series.boundMs, by);
}

/** Durations as the caller sees them stand in only where the target measures none. */
function addCallerDuration(mapping: Mapping, cluster: string, boundMs: number, by: number): void {
  const target = mapping.mesh.target(mapping.proxy, cluster);
  if (target === null) return;
  const key = departureKey(mapping, target, mapping.hints.usual(mapping.self, target.nodeId));
  if (key.reporter === "source") addDuration(mapping.sheet.line(key), boundMs, by);
}

function addDuration(line: TrafficLine, boundMs: number, by: number): void {
  line.durations.set(boundMs, (line.durations.get(boundMs) ?? 0) + by);
}

function addFlags(line: TrafficLine, flags: readonly string[], by: number): void {
  for (const flag of flags) line.flags[flag] = (line.flags[flag] ?? 0) + by;
}

function addTransport(
  mapping: Mapping,
  key: TrafficKey,
  line: TrafficLine,
  series: Of<"inbound" | "inbound-connection">,
  by: number,
): void {
  const transport = transportOf(series);
  line.transport[transport] += by;
  const { source, target, protocol } = key;
  mapping.onArrival({ source, target, protocol, transport, peer: series.peer, address: series.address, tls: series.tls, count: by });
}

function transportOf({ tls, peer }: { tls: string; peer: string }): keyof TrafficLine["transport"] {
  if (tls === "") return "plaintext";
  return peer === "" ? "oneWay" : "mutual";
}

/**
 * A TCP connection is logged when it stands, where the listener is set to do so, and again when it ends. It is counted at
 * the first of these; one that never stood has only an end, with the reason in its flags. `null` = nothing new.
 */
function connectionOutcome(
  { event, flags }: { event: string; flags: readonly string[] },
  countsOnConnect: boolean,
): "connected" | "failed" | null {
  const isEnd = event === "TcpConnectionEnd" || event === "";
  if (isEnd && isNeverArrived(flags)) return "failed";
  return (countsOnConnect ? event === "TcpUpstreamConnected" : isEnd) ? "connected" : null;
}
