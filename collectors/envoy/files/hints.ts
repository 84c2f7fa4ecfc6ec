import type { ProxyProof } from "#lib/model/change.ts";
import type { PreparedWrite } from "#lib/ports/write-target.ts";

/** A proxy tells its reason only to its own log; where an Envoy is at hand, it is asked the same question once per write. */
export class Hints {
  readonly #ask: (write: PreparedWrite) => Promise<string | null>;
  readonly #known = new Map<string, Promise<string | null>>();

  /** `ask` = what an Envoy says to the new text; `null` when it says nothing against it. */
  constructor(ask: (write: PreparedWrite) => Promise<string | null>) {
    this.#ask = ask;
  }

  /** The same proofs, with the reason at those that were rejected. */
  async addTo(proofs: ProxyProof[], write: PreparedWrite): Promise<ProxyProof[]> {
    if (!proofs.some((proof) => proof.state === "rejected")) return proofs;
    const hint = await this.#hint(write);
    if (hint === null) return proofs;
    return proofs.map((proof) =>
      proof.state === "rejected" ? { ...proof, reason: `${proof.reason ?? ""} A dry run says: ${hint}` } : proof,
    );
  }

  #hint(write: PreparedWrite): Promise<string | null> {
    const known = this.#known.get(write.marker);
    if (known !== undefined) return known;
    const asked = this.#ask(write);
    this.#known.clear();
    this.#known.set(write.marker, asked);
    return asked;
  }
}
