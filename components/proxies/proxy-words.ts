import type { Tone } from "#components/ui/tone.ts";
import type { Proxy, ProxyState, ProxySync } from "#lib/model/topology.ts";

const STATE_TONES: Readonly<Record<ProxyState, Tone>> = {
  live: "ok",
  draining: "warn",
  initializing: "warn",
  unreachable: "fail",
  stale: "unk",
  malformed: "fail",
};

const STATE_WORDS: Readonly<Record<ProxyState, string>> = {
  live: "live",
  draining: "draining",
  initializing: "starting",
  unreachable: "does not answer",
  stale: "answers too late",
  malformed: "answers nonsense",
};

export function proxyTone(state: ProxyState): Tone {
  return STATE_TONES[state];
}

export function proxyWord(state: ProxyState): string {
  return STATE_WORDS[state];
}

/** Worst first. */
export function proxyRank(state: ProxyState): number {
  return (["unreachable", "malformed", "stale", "draining", "initializing", "live"] satisfies ProxyState[]).indexOf(state);
}

export const SYNC_WORDS: Readonly<Record<ProxySync, { word: string; tone: Tone }>> = {
  synced: { word: "in step", tone: "ok" },
  rejected: { word: "refused the newest", tone: "fail" },
  unknown: { word: "not known", tone: "unk" },
};

/** `All 15 proxies are live`, or which do not answer. */
export function proxiesSentence(proxies: readonly Proxy[]): string {
  if (proxies.length === 0) return "No proxy is known yet";
  const missing = proxies.filter((proxy) => proxy.state !== "live");
  const refused = proxies.filter((proxy) => proxy.state === "live" && proxy.sync === "rejected");
  if (missing.length === 0 && refused.length === 0)
    return proxies.length === 1 ? "The one proxy is live" : `All ${proxies.length} proxies are live`;
  const first = missing[0];
  const named =
    missing.length === 1 && first !== undefined
      ? `${first.id} ${proxyWord(first.state)}`
      : `${missing.length} of ${proxies.length} proxies are not live`;
  const refusal =
    refused.length === 0 ? "" : `${refused.length === 1 ? (refused[0]?.id ?? "") : `${refused.length} proxies`} refused the newest routing`;
  return [missing.length === 0 ? "" : named, refusal].filter((part) => part !== "").join("; ");
}
