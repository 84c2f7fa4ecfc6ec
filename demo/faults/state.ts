import { firstState, type CertificateState } from "../certificates/leaves.ts";
import { AUDIT_EXPORT, LEGACY_REPORT, ROGUE_JOB } from "../mesh/services.ts";
import type { ProxyState } from "../supervisor/proxy-process.ts";
import type { FaultNames } from "./names.ts";

export interface ErrorFault {
  /** Share of requests, 0 to 1. */
  readonly rate: number;
  /** HTTP status, or gRPC status for a gRPC service. */
  readonly status: number;
}

export interface DelayFault {
  readonly ms: number;
  /** Share of requests, 0 to 1. */
  readonly share: number;
}

/** Everything that is set, faults and load alike. */
export interface Faults {
  readonly load: "running" | "paused";
  /** Page views per second. */
  readonly rps: number;
  readonly errors: Readonly<Record<string, ErrorFault>>;
  readonly delays: Readonly<Record<string, DelayFault>>;
  readonly proxies: Readonly<Record<string, ProxyState>>;
  readonly apps: Readonly<Record<string, "running" | "stopped">>;
  readonly partition: Readonly<Record<string, boolean>>;
  readonly certificates: Readonly<Record<string, CertificateState>>;
  /** Whether legacy-report calls. */
  readonly plaintextCaller: boolean;
  /** Whether audit-export calls, too. */
  readonly secondPlaintextCaller: boolean;
  /** Whether rogue-job calls. */
  readonly wrongSanCaller: boolean;
}

/** What a request asks to change; `null` for an error or delay takes it away. */
export interface FaultsPatch {
  readonly load?: Faults["load"];
  readonly rps?: number;
  readonly errors?: Readonly<Record<string, ErrorFault | null>>;
  readonly delays?: Readonly<Record<string, DelayFault | null>>;
  readonly proxies?: Faults["proxies"];
  readonly apps?: Faults["apps"];
  readonly partition?: Faults["partition"];
  readonly certificates?: Faults["certificates"];
  readonly plaintextCaller?: boolean;
  readonly secondPlaintextCaller?: boolean;
  readonly wrongSanCaller?: boolean;
}

/** Nothing wrong anywhere. */
export function healthy(names: FaultNames, rps: number): Faults {
  return {
    load: "running",
    rps,
    errors: {},
    delays: {},
    proxies: all(names.proxies, "running"),
    apps: all(names.apps, "running"),
    partition: all(names.proxies, false),
    certificates: Object.fromEntries(names.services.map((service) => [service, firstState(service)])),
    plaintextCaller: true,
    secondPlaintextCaller: false,
    wrongSanCaller: false,
  };
}

/** Names of the jobs outside that are set going. */
export function jobsOf(faults: Pick<Faults, "plaintextCaller" | "secondPlaintextCaller" | "wrongSanCaller">): string[] {
  return [
    ...(faults.plaintextCaller ? [LEGACY_REPORT.name] : []),
    ...(faults.secondPlaintextCaller ? [AUDIT_EXPORT.name] : []),
    ...(faults.wrongSanCaller ? [ROGUE_JOB.name] : []),
  ];
}

function all<T>(keys: readonly string[], value: T): Record<string, T> {
  return Object.fromEntries(keys.map((key) => [key, value]));
}

export function merge(current: Faults, patch: FaultsPatch): Faults {
  return {
    load: patch.load ?? current.load,
    rps: patch.rps ?? current.rps,
    errors: withoutNull({ ...current.errors, ...patch.errors }),
    delays: withoutNull({ ...current.delays, ...patch.delays }),
    proxies: { ...current.proxies, ...patch.proxies },
    apps: { ...current.apps, ...patch.apps },
    partition: { ...current.partition, ...patch.partition },
    certificates: { ...current.certificates, ...patch.certificates },
    plaintextCaller: patch.plaintextCaller ?? current.plaintextCaller,
    secondPlaintextCaller: patch.secondPlaintextCaller ?? current.secondPlaintextCaller,
    wrongSanCaller: patch.wrongSanCaller ?? current.wrongSanCaller,
  };
}

function withoutNull<T>(settings: Readonly<Record<string, T | null>>): Record<string, T> {
  return Object.fromEntries(Object.entries(settings).filter((entry): entry is [string, T] => entry[1] !== null));
}
