import type { ExporterConfig } from "../metrics/exporter.ts";
import type { KeyPair } from "../envoy/secrets.ts";
import type { EdgeRow, Span } from "../ledger/edges.ts";
import type { Instance } from "../mesh/plan.ts";
import type { Job } from "../mesh/services.ts";

/** What an application process is told when it starts. */
export interface HostConfig {
  readonly seed: number;
  readonly instances: readonly Instance[];
  /** Set for the process of everything outside the mesh. */
  readonly outside: OutsideConfig | null;
  /** `http://host:port` of an OTLP receiver, or `null`: no spans. */
  readonly otlpUrl: string | null;
  /** The exporter beside these applications; `null` where there are no proxies. */
  readonly exporter: ExporterConfig | null;
}

export interface OutsideConfig {
  readonly cardNetworkPort: number;
  readonly cardNetwork: KeyPair;
  readonly caCertificate: string;
  readonly ingressPort: number;
  readonly jobs: readonly OutsideJob[];
}

export interface OutsideJob {
  readonly job: Job;
  /** Of the proxy that it calls. */
  readonly port: number;
  readonly address: string;
  /** What it shows; `null`: it calls in plaintext. */
  readonly pair: KeyPair | null;
}

/** Faults that applications play themselves, by `service` or `service@version`. */
export interface AppFaults {
  readonly errors: Readonly<Record<string, { readonly rate: number; readonly status: number }>>;
  readonly delays: Readonly<Record<string, { readonly ms: number; readonly share: number }>>;
  /** Applications that are down. */
  readonly stopped: readonly string[];
  readonly load: LoadSettings;
}

export interface LoadSettings {
  readonly running: boolean;
  readonly pagesPerSecond: number;
  /** Names of the jobs outside that call. */
  readonly jobs: readonly string[];
}

export interface HostStatus {
  /** Requests that an application works on or waits for right now. */
  readonly inFlight: number;
}

export type HostQuestion =
  | { readonly kind: "start"; readonly config: HostConfig }
  | { readonly kind: "faults"; readonly faults: AppFaults }
  | { readonly kind: "ledger"; readonly span: Span }
  | { readonly kind: "status" };

/** Answers by the kind of question. */
export interface HostAnswers {
  readonly start: null;
  readonly faults: null;
  readonly ledger: readonly EdgeRow[];
  readonly status: HostStatus;
}

export interface HostRequest {
  readonly id: number;
  readonly question: HostQuestion;
}

/** Sent back over the process channel, which must therefore keep infinities: it uses structured cloning. */
export type HostReply =
  | { readonly id: number; readonly answer: HostAnswers[keyof HostAnswers] }
  | { readonly id: number; readonly problem: string };
