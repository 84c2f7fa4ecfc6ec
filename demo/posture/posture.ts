import type { IssuedCertificate } from "../certificates/workload-certificates.ts";
import { AUTHORIZATION } from "../envoy/authorization.ts";
import { CALLS, CARD_NETWORK, INTERNET, JOBS, serviceNamed } from "../mesh/services.ts";
import type { Demand } from "./listener-demand.ts";

/** Why no call of a caller comes through, and which side says no. */
export interface Refused {
  readonly witness: "server" | "caller";
  readonly reason: "plaintext" | "wrongName" | "expired";
}

export interface PostureEdge {
  readonly source: string;
  readonly target: string;
  /** What the caller's proxy is set to; `null` where it has none, so that nobody could read it. */
  readonly declaredClient: "mutual" | "oneWay" | null;
  /** What the callee's proxy demands; `null` where it has none. */
  readonly declaredServer: Demand | null;
  /** How calls travel when there are any; `unknown` while every one of them is refused. */
  readonly observed: "mutual" | "oneWay" | "plaintext" | "unknown";
  readonly refused: Refused | null;
}

export interface PostureCertificate {
  readonly service: string;
  readonly identity: string;
  readonly serial: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly state: IssuedCertificate["state"];
}

export interface PosturePolicy {
  readonly workload: string;
  readonly action: "deny" | "allow";
  readonly mode: "enforced" | "shadow";
  readonly name: string;
  /** Those of the callers there are now whose every request it matches. */
  readonly callers: readonly string[];
  readonly neverMatches: boolean;
}

/** What the demo built, as it stands now. Who is stopped, cut off or paused does not show here: it is about the transport alone. */
export interface Posture {
  readonly edges: readonly PostureEdge[];
  readonly certificates: readonly PostureCertificate[];
  readonly policies: readonly PosturePolicy[];
}

export interface PostureInput {
  readonly certificates: readonly IssuedCertificate[];
  /** Names of the jobs outside that call. */
  readonly jobs: readonly string[];
  /** What a permissive service's listener demands by now. */
  readonly demandOf: (service: string) => Demand;
  readonly nowMs: number;
}

export function builtPosture(input: PostureInput): Posture {
  return {
    edges: [internetEdge(input), ...CALLS.map(({ from, to }) => meshEdge(from, to, input)), ...jobEdges(input)],
    certificates: input.certificates.map(({ notBeforeMs, notAfterMs, service, identity, serial, state }) => ({
      service,
      identity,
      serial,
      notBefore: new Date(notBeforeMs).toISOString(),
      notAfter: new Date(notAfterMs).toISOString(),
      state,
    })),
    policies: policiesOf(input),
  };
}

function internetEdge(input: PostureInput): PostureEdge {
  const refused: Refused | null = problemOf("gateway", input) === "expired" ? { witness: "caller", reason: "expired" } : null;
  return {
    source: INTERNET,
    target: "gateway",
    declaredClient: null,
    declaredServer: "oneWay",
    observed: refused === null ? "oneWay" : "unknown",
    refused,
  };
}

function meshEdge(source: string, target: string, input: PostureInput): PostureEdge {
  if (target === CARD_NETWORK.name)
    return { source, target, declaredClient: "oneWay", declaredServer: null, observed: "oneWay", refused: null };
  const declaredServer = serverDemand(target, input);
  const refused = handshakeProblem(source, target, input);
  const served = { strict: "mutual", permissive: "mutual", oneWay: "oneWay", off: "unknown", unknown: "unknown" } as const;
  return {
    source,
    target,
    declaredClient: "mutual",
    declaredServer,
    observed: refused === null ? served[declaredServer] : "unknown",
    refused,
  };
}

/** The caller looks at the callee's certificate before it shows its own. */
function handshakeProblem(source: string, target: string, input: PostureInput): Refused | null {
  const callee = problemOf(target, input);
  if (callee !== null) return { witness: "caller", reason: callee };
  const caller = problemOf(source, input);
  return caller === null ? null : { witness: "server", reason: caller };
}

function jobEdges(input: PostureInput): PostureEdge[] {
  return JOBS.filter((job) => input.jobs.includes(job.name)).map((job) => {
    const declaredServer = serverDemand(job.target, input);
    const takesPlaintext = declaredServer === "permissive" || declaredServer === "off";
    const isServed = job.shows === "nothing" && (takesPlaintext || declaredServer === "unknown");
    return {
      source: job.name,
      target: job.target,
      declaredClient: null,
      declaredServer,
      observed: isServed && takesPlaintext ? "plaintext" : "unknown",
      refused: isServed ? null : { witness: "server", reason: job.shows === "nothing" ? "plaintext" : "wrongName" },
    };
  });
}

function serverDemand(service: string, input: PostureInput): Demand {
  return serviceNamed(service).permissive === true ? input.demandOf(service) : "strict";
}

function problemOf(service: string, { certificates, nowMs }: PostureInput): "wrongName" | "expired" | null {
  const certificate = certificates.find((candidate) => candidate.service === service);
  if (certificate === undefined) return null;
  // The end is checked before the names.
  if (certificate.notAfterMs <= nowMs) return "expired";
  return certificate.state === "wrong-san" ? "wrongName" : null;
}

function policiesOf({ jobs }: PostureInput): PosturePolicy[] {
  const withoutIdentity = JOBS.filter((job) => job.shows === "nothing" && jobs.includes(job.name)).map((job) => job.name);
  return Object.entries(AUTHORIZATION).flatMap(([workload, stages]) =>
    stages.flatMap(({ action, mode, policies }) =>
      Object.entries(policies).map(([name, whom]) => ({
        workload,
        action,
        mode,
        name,
        callers: whom === "nobody" ? [] : whom === "withoutIdentity" ? withoutIdentity : [whom.service],
        neverMatches: whom === "nobody",
      })),
    ),
  );
}
