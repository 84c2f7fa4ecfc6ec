import { plainName } from "#collectors/shared/plain-name.ts";
import type { Certificate } from "#lib/model/topology.ts";

import type { CertificateDetails, CertificateEntry } from "../admin/wire.ts";

/** The certificates that a proxy holds, each once: Envoy lists them anew for every place of use. */
export function certificatesOf(entries: readonly CertificateEntry[]): Certificate[] {
  const all = entries.flatMap(({ ca_cert: authorities, cert_chain: chain }) => [
    ...chain.map((details) => certificateOf(details, "workload")),
    ...authorities.map((details) => certificateOf(details, "authority")),
  ]);
  return [...new Map(all.map((certificate) => [`${certificate.role}:${certificate.serial}`, certificate])).values()];
}

function certificateOf(details: CertificateDetails, role: Certificate["role"]): Certificate {
  return {
    serial: plainName(details.serial_number),
    role,
    names: details.subject_alt_names
      .flatMap((name) => [name.uri, name.dns, name.ip_address])
      .flatMap((name) => (name === undefined ? [] : [plainName(name)])),
    validFrom: instantOf(details.valid_from),
    expiresAt: instantOf(details.expiration_time),
  };
}

/** `null` for what is no time, or none that can be written with four digits for the year. */
export function instantOf(text: string | undefined): string | null {
  const ms = Date.parse(text ?? "");
  if (Number.isNaN(ms)) return null;
  const instant = new Date(ms).toISOString();
  return /^\d{4}-/.test(instant) ? instant : null;
}
