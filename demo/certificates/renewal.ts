import type { IssuedCertificate, WorkloadCertificates } from "./workload-certificates.ts";

export interface RenewalClock {
  nowMs(): number;
  /** Calls `run` again and again; the answer ends it. */
  every(periodMs: number, run: () => void): () => void;
}

/** The wall clock, by which certificates end. Looking again and again keeps it right when the machine slept. */
export const WALL_CLOCK: RenewalClock = {
  nowMs: () => Date.now(),
  every: (periodMs, run) => {
    const timer = setInterval(run, periodMs);
    return () => clearInterval(timer);
  },
};

export const LOOK_EVERY_MS = 5_000;
/** Between the first renewals, so that whoever watches the demo soon sees some. */
export const FIRST_SPACING_MS = 150_000;
export const RETRY_AFTER_MS = 30_000;
const LAST_MINUTE_MS = 60_000;

/** When a certificate is to be replaced: at half its life, one that is near its end by intention in its last minute, an expired one never. */
export function renewalAt({ state, notBeforeMs, notAfterMs }: IssuedCertificate): number {
  if (state === "expired") return Infinity;
  return state === "expiring" ? notAfterMs - LAST_MINUTE_MS : (notBeforeMs + notAfterMs) / 2;
}

export interface Renewal {
  /** Renews no more, and resolves when a renewal that was on its way has ended. */
  stop(): Promise<void>;
}

/**
 * Replaces certificates before they end, each by another of its kind. The first round is brought forward, one service after the other.
 * What cannot be issued is tried again later and told to `complain`; nothing else comes to harm.
 */
export function startRenewal(
  certificates: Pick<WorkloadCertificates, "list" | "renew">,
  clock: RenewalClock,
  complain: (problem: string) => void,
): Renewal {
  const firstRound = new Map(
    certificates
      .list()
      .filter(({ state }) => state === "valid")
      .map(({ serial }, index) => [serial, clock.nowMs() + (index + 1) * FIRST_SPACING_MS]),
  );
  const retryAt = new Map<string, number>();
  const isDue = (certificate: IssuedCertificate): boolean => {
    const dueMs = Math.min(renewalAt(certificate), firstRound.get(certificate.serial) ?? Infinity);
    return Math.max(dueMs, retryAt.get(certificate.serial) ?? dueMs) <= clock.nowMs();
  };

  let isStopped = false;
  let round: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    for (const certificate of certificates.list().filter(isDue)) {
      try {
        await certificates.renew(certificate.service, certificate.serial);
      } catch (cause) {
        retryAt.set(certificate.serial, clock.nowMs() + RETRY_AFTER_MS);
        complain(
          `The certificate of ${certificate.service} could not be renewed: ${cause instanceof Error ? cause.message : String(cause)}`,
        );
      }
      if (isStopped) return;
    }
  };
  const end = clock.every(LOOK_EVERY_MS, () => {
    round ??= look().finally(() => {
      round = undefined;
    });
  });
  return {
    async stop() {
      isStopped = true;
      end();
      await round;
    },
  };
}
