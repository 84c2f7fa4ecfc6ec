import type { CertificateState } from "./leaves.ts";

/** A certificate that a service's proxies were given. */
export interface IssuedCertificate {
  readonly service: string;
  readonly state: CertificateState;
  /** Hexadecimal, lower case, in whole octets. */
  readonly serial: string;
  readonly identity: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** Makes a certificate and hands it to the service's proxies. `version` is new for every one. */
export type Issue = (service: string, state: CertificateState, version: string) => Promise<IssuedCertificate>;

/** What each service presents right now. Certificates are issued one after the other: a fault and a renewal must not overtake each other. */
export class WorkloadCertificates {
  readonly #issue: Issue;
  readonly #current = new Map<string, IssuedCertificate>();
  #issued = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(issue: Issue) {
    this.#issue = issue;
  }

  /** Rejects when it cannot be issued; the service then keeps the one that it had. */
  issue(service: string, state: CertificateState): Promise<void> {
    return this.#inTurn(() => this.#replace(service, state));
  }

  /** Issues another of the same kind, unless it was replaced since `serial` was looked at. */
  renew(service: string, serial: string): Promise<void> {
    return this.#inTurn(async () => {
      const current = this.#current.get(service);
      if (current?.serial === serial) await this.#replace(service, current.state);
    });
  }

  list(): IssuedCertificate[] {
    return [...this.#current.values()];
  }

  #inTurn(run: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(run);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #replace(service: string, state: CertificateState): Promise<void> {
    this.#issued += 1;
    this.#current.set(service, await this.#issue(service, state, String(this.#issued)));
  }
}
