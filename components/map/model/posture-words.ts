import { acceptsWords, shortIdentity, tlsVersionWord } from "#components/security/security-words.ts";
import { formatCount, formatNames, formatQuantity } from "#lib/client/format.ts";
import type { ObservedCaller, TlsPosture, WorkloadPosture } from "#lib/model/security.ts";
import type { ServerDemand } from "#lib/model/tls.ts";
import { formatShare } from "#lib/routing/format-share.ts";

type Observed = TlsPosture["observed"];

function nounOf(protocol: TlsPosture["protocol"]): string {
  return protocol === "tcp" ? "connection" : "request";
}

const KINDS = [
  ["mutual", "mutual TLS"],
  ["oneWay", "TLS, not mutual"],
  ["plaintext", "plaintext"],
] as const satisfies readonly (readonly [keyof Observed, string])[];

/**
 * `mutual TLS, all of 1,840 requests`, `62.5 % mutual TLS (5), 37.5 % plaintext (3)`; that nothing was seen is said as that.
 * `counted` = how many the window counted, by whatever transport: where there are some and none is told of, that is what is said.
 */
export function observedShares(
  observed: Pick<Observed, "mutual" | "oneWay" | "plaintext">,
  protocol: TlsPosture["protocol"],
  counted: number | null = null,
): string {
  const total = observed.mutual + observed.oneWay + observed.plaintext;
  const noun = nounOf(protocol);
  if (total === 0 && counted !== null && counted > 0) {
    return `how ${counted === 1 ? "the one" : `the ${formatCount(counted)}`} ${noun}${counted === 1 ? "" : "s"} travelled was not told`;
  }
  if (total === 0) return `no ${noun} was seen in this window`;
  const shown = KINDS.filter(([kind]) => observed[kind] > 0);
  const [only] = shown;
  if (shown.length === 1 && only !== undefined)
    return `${only[1]}, ${total === 1 ? "the one" : `all of ${formatCount(total)}`} ${noun}${total === 1 ? "" : "s"}`;
  return shown.map(([kind, word]) => `${formatShare(observed[kind] / total)} ${word} (${formatCount(observed[kind])})`).join(", ");
}

/** `1.3, TLS_AES_128_GCM_SHA256`; `null` where nobody tells. */
export function cipherWords({ tlsVersions, ciphers }: Pick<Observed, "tlsVersions" | "ciphers">): string | null {
  const parts = [...tlsVersions.map(tlsVersionWord), ...ciphers];
  return parts.length === 0 ? null : parts.join(", ");
}

/** Who an observed caller is: by its certificate where it showed one, else by its address. The two are never mixed up. */
export function callerIdentity({ identity, address }: Pick<ObservedCaller, "identity" | "address">): { text: string; isProven: boolean } {
  if (identity !== null) return { text: identity.uri, isProven: true };
  return { text: address ?? "neither identity nor address is known", isProven: false };
}

/** How a caller came: `mutual TLS 1.3, 240 requests`. */
export function callerCame({ transport, tlsVersion, count }: ObservedCaller, protocol: TlsPosture["protocol"]): string {
  const word = KINDS.find(([kind]) => kind === transport)?.[1] ?? transport;
  const version = tlsVersion === null || transport === "plaintext" ? "" : ` ${tlsVersionWord(tlsVersion)}`;
  return `${transport === "oneWay" ? `TLS${version}, not mutual` : `${word}${version}`}, ${formatQuantity(count, nounOf(protocol))}`;
}

const DEMANDS: Readonly<Record<ServerDemand, string>> = {
  strict: "demands mutual TLS",
  permissive: "demands no TLS",
  oneWay: "demands TLS",
  off: "demands no TLS",
  unknown: "what it demands is not known",
};

/** `Accepts mutual TLS and plaintext, demands no TLS, presents …/ns/payments/sa/ledger`: a workload's transport in one line. */
export function workloadLine({ accepts, demand, presents }: Pick<WorkloadPosture, "accepts" | "demand" | "presents">): string {
  const shown = presents.slice(0, 2).map(shortIdentity);
  const more = presents.length > shown.length ? ` and ${presents.length - shown.length} more` : "";
  return [
    accepts.length === 0 ? "What it accepts is not known" : `Accepts ${acceptsWords(accepts)}`,
    DEMANDS[demand],
    presents.length === 0 ? "no identity of its own is known" : `presents ${more === "" ? formatNames(shown) : shown.join(", ")}${more}`,
  ].join(", ");
}
