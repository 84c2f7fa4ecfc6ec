import type { Protocol } from "#lib/model/ids.ts";

import type { RequestOutcome } from "./outcome.ts";

type RequestProtocol = Exclude<Protocol, "tcp">;

interface Seen {
  http: number;
  grpc: number;
}

/**
 * Which protocol requests between two nodes use. Envoy gives a gRPC status for every gRPC call that got an answer, also
 * for those it answered itself; only a call that its caller gave up before has neither status nor code. Such a call goes
 * by what else was seen on the edge, so that it does not make up an edge of its own.
 */
export interface ProtocolHints {
  learn(source: string, target: string, outcome: RequestOutcome, count: number): void;
  protocolOf(source: string, target: string, outcome: RequestOutcome): RequestProtocol;
  /** What the edge uses most, for what is not told by protocol (durations). */
  usual(source: string, target: string): RequestProtocol;
}

export function createProtocolHints(): ProtocolHints {
  const seen = new Map<string, Seen>();

  function usual(source: string, target: string): RequestProtocol {
    const { http, grpc } = seen.get(pairKey(source, target)) ?? seen.get(pairKey("", target)) ?? { http: 0, grpc: 0 };
    return grpc > http ? "grpc" : "http";
  }

  return {
    learn(source, target, outcome, count) {
      const protocol = told(outcome);
      if (protocol === null) return;
      for (const key of [pairKey(source, target), pairKey("", target)]) {
        const sums = seen.get(key) ?? { http: 0, grpc: 0 };
        sums[protocol] += count;
        seen.set(key, sums);
      }
    },
    protocolOf: (source, target, outcome) => told(outcome) ?? usual(source, target),
    usual,
  };
}

function pairKey(source: string, target: string): string {
  return `${source}|${target}`;
}

/** `null` = the outcome does not tell. */
function told({ code, grpc }: RequestOutcome): RequestProtocol | null {
  if (grpc !== null) return "grpc";
  return code === null || code === 0 ? null : "http";
}
