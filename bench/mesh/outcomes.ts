import type { Protocol } from "#lib/model/ids.ts";

/** Bounds of every histogram of Envoy's where nothing else is configured, milliseconds. */
export const BOUNDS_MS: readonly number[] = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000,
];

/** One kind of ending of the calls of a flow, with whole numbers for each step. */
export interface Outcome {
  perStep: number;
  code: string;
  /** gRPC status; empty for others. */
  grpcStatus: string;
  flags: string;
  isError: boolean;
  /** `null` = it arrived. Else the caller knows the host alone, or the workload that it could not reach. */
  lost: "host" | "workload" | null;
  /** Durations by bucket, as many as `perStep`; the last is above the last bound. */
  durations: readonly number[];
  sumMs: number;
}

interface Profile {
  protocol: Protocol;
  perStep: number;
  medianMs: number;
  spread: number;
  errorRatio: number;
  isLossy: boolean;
}

/** How an edge's calls end: mostly well, some as the caller's own fault, and failed and lost ones by profile. */
export function outcomesOf(profile: Profile): Outcome[] {
  const { protocol, perStep } = profile;
  const errors = protocol === "tcp" || profile.errorRatio === 0 ? 0 : Math.max(1, Math.round(perStep * profile.errorRatio));
  const unanswered = protocol === "http" && errors > 2 ? 1 : 0;
  const callerErrors = protocol === "tcp" ? 0 : Math.floor(perStep * 0.03);
  const lost = profile.isLossy ? Math.max(1, Math.round(perStep * 0.04)) : 0;
  const end = (perStep: number, code: string, grpcStatus: string, more: Partial<Outcome> = {}): Outcome => ({
    perStep,
    code,
    grpcStatus: protocol === "grpc" ? grpcStatus : "",
    flags: "-",
    isError: false,
    lost: null,
    ...durationsOf(perStep, profile.medianMs, profile.spread),
    ...more,
  });
  const isGrpc = protocol === "grpc";
  const failed = { isError: true };
  const all = [
    end(perStep, "200", "0"),
    end(callerErrors, isGrpc ? "200" : "404", "5"),
    end(errors - unanswered, isGrpc ? "200" : "503", "14", failed),
    end(unanswered, "0", "", { ...failed, flags: "DC" }),
    // A proxy that finds no endpoint answers gRPC calls by their status, too.
    end(lost, isGrpc ? "200" : "503", "14", { ...failed, flags: "UH", lost: "host" }),
    end(Math.ceil(lost / 2), isGrpc ? "200" : "503", "14", { ...failed, flags: "UF,URX", lost: "workload" }),
  ];
  return all.filter((one) => one.perStep > 0);
}

/** Log-normal durations in whole numbers: each bucket gets what the distribution's sum up to its bound is rounded to. */
function durationsOf(count: number, medianMs: number, spread: number): Pick<Outcome, "durations" | "sumMs"> {
  let below = 0;
  let sumMs = 0;
  const durations = [...BOUNDS_MS, Infinity].map((bound, index) => {
    const upTo = bound === Infinity ? count : Math.round(count * normalCdf(Math.log(bound / medianMs) / spread));
    const here = upTo - below;
    below = upTo;
    const low = BOUNDS_MS[index - 1] ?? 0;
    sumMs += here * (bound === Infinity ? low : (low + bound) / 2);
    return here;
  });
  return { durations, sumMs };
}

/** Share of a normal distribution below `x` standard deviations, to about 1e-7 (Abramowitz and Stegun 7.1.26). */
function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const polynomial = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const erf = 1 - polynomial * Math.exp(-z * z);
  return x < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
}
