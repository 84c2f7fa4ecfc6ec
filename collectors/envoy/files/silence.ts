import { isConnectionRefused } from "#collectors/shared/http-fetcher.ts";
import type { ProxyProof } from "#lib/model/change.ts";
import type { WeftError } from "#lib/model/errors.ts";

/** A proof for a proxy that did not answer. */
export function unreachableProof(id: string, reason: string): ProxyProof {
  return { id, state: "unreachable", revision: null, observedAt: null, reason };
}

/** Why a proxy did not answer, for people: not running, frozen, or something else. */
export function describeSilence(error: WeftError): string {
  if (isConnectionRefused(error)) return `Nothing listens at its admin address: the proxy is not running. (${error.message})`;
  if (error.code === "TIMEOUT") return `It does not answer: it may be frozen, overloaded or cut off. (${error.message})`;
  return error.message;
}
